"""Asynchronous database methods called the wrong way (ASA6xx)."""
