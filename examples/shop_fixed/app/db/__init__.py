"""Engines and session factories."""

from .engine import build_engine, build_session_factory

__all__ = ["build_engine", "build_session_factory"]
