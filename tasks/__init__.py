"""Chores of the developers: `python -m tasks.<name>`."""
