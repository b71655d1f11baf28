"""A repository in one file carries a session out of the block of another."""
