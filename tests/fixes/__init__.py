"""Repairs: edits, imports, rounds, the command, and fixtures that run after they were repaired."""
