"""Handlers, registered on an imported app."""

from app.application import app


@app.on_event("startup")  # error: 2 [on-event-handler]
async def start() -> None:
    """Runs at start-up."""
    app.state.ready = True


def register() -> None:
    """Registers by call."""
    app.router.add_event_handler("shutdown", start)  # error: [on-event-handler]
