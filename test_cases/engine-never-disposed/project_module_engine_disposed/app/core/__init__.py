"""Re-exports, as many projects do."""

from .database import dispose_replica, engine, session_factory

__all__ = ["dispose_replica", "engine", "session_factory"]
