"""A session manager owns the engine; the lifespan closes the manager."""
