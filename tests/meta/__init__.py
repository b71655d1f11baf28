"""The same program, written differently, must have the same findings."""
