"""Module-level services that get the session of the current request, from another module."""
