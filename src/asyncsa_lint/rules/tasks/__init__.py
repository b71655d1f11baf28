"""Sessions that reach more than one task (ASA6xx)."""
