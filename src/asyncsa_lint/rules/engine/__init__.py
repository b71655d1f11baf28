"""Who owns an engine, and who disposes it (ASA1xx)."""
