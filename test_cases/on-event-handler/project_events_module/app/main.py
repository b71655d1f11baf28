"""What the server imports."""

from app import events
from app.application import app

events.register()

__all__ = ["app"]
