"""Reads that would need I/O where none can happen (ASA5xx)."""
