"""Engines in a registry, cleaned up by a lifespan that no app receives."""
