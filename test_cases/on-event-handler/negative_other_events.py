"""`on_event` of other objects, SQLAlchemy's events, and events in texts."""

from collections.abc import Callable

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

EXAMPLE = """
@app.on_event("startup")
async def start(): ...
"""


class Bus:
    """An event bus with methods of the same names."""

    def __init__(self) -> None:
        self.handlers: list[Callable[[], None]] = []

    def on_event(self, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
        """Like the one of FastAPI: @app.on_event("startup")."""

        def register(handler: Callable[[], None]) -> Callable[[], None]:
            self.handlers.append(handler)
            return handler

        return register

    def add_event_handler(self, name: str, handler: Callable[[], None]) -> None:
        """Registers directly."""
        self.handlers.append(handler)


app = Bus()


@app.on_event("startup")
def start() -> None:
    """Called app, but it is a bus."""


app.add_event_handler("startup", start)


@event.listens_for(Engine, "connect")
def on_connect(connection: object, record: object) -> None:
    """SQLAlchemy's events are something else."""


def listen(engine: AsyncEngine) -> None:
    """And so are these."""
    event.listen(engine.sync_engine, "engine_disposed", print)


def subscribe(application, handler) -> None:
    """Nobody says what this object is."""
    application.on_event("startup")(handler)
