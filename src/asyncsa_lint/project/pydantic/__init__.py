"""The Pydantic models of a project: which attributes they read."""
