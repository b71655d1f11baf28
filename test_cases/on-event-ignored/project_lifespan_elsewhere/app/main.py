"""Old start-up code that survived the introduction of the lifespan."""

from app.application import app
from app.lifespan import calls


@app.on_event("startup")  # error: 2 [on-event-ignored]
async def warm_up() -> None:
    """Never called."""
    calls.append("warm-up")
