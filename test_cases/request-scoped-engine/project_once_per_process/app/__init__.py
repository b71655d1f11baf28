"""The same helpers as in a bad project, called from places that run once."""
