"""Path operations."""
