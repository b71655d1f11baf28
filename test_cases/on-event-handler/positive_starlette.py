"""`app.add_event_handler`, gone from Starlette 1.0, and plain Starlette apps."""

from fastapi import FastAPI
from starlette.applications import Starlette


async def start() -> None:
    """A start-up handler."""


app = FastAPI()
app.add_event_handler("startup", start)  # error: 1 [on-event-handler]

plain = Starlette()
plain.add_event_handler("shutdown", start)  # error: [on-event-handler]
