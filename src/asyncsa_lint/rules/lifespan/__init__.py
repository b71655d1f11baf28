"""Start-up and shutdown of the application (ASA4xx)."""
