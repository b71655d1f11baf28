"""Events registered by keyword and by call."""

from fastapi import APIRouter, FastAPI

calls: list[str] = []


async def start() -> None:
    """A start-up handler."""
    calls.append("startup")


async def stop() -> None:
    """A shutdown handler."""
    calls.append("shutdown")


app = FastAPI(
    title="Orders",
    on_startup=[start],  # error: 16 [on-event-handler]
    on_shutdown=[stop],  # error: 17 [on-event-handler]
)
router = APIRouter(on_startup=[start])  # error: [on-event-handler]
calling_app = FastAPI()
calling_app.router.add_event_handler("startup", start)  # error: 1 [on-event-handler]
calling_app.router.add_event_handler("shutdown", stop)  # error: [on-event-handler]
