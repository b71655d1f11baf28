"""Up to FastAPI 0.112.0 the lifespan of the app silences included routers, too."""
