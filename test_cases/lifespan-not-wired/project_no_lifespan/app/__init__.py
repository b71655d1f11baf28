"""A project that owns an engine and an app without a lifespan, in different files."""
