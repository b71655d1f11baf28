"""Route -> service -> gateway: the engine is three calls away from the request."""
