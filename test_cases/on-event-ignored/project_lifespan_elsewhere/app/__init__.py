"""Lifespan, app and handler in three files: each looks right alone."""
