"""Abstract values, objects and the state on one path: how paths part, join and compare."""
