"""Start-up and shutdown events as decorators, on apps and routers."""

from fastapi import APIRouter, FastAPI

calls: list[str] = []
app = FastAPI()
router = APIRouter()


@app.on_event("startup")  # error: 2 [on-event-handler]
async def start() -> None:
    """Runs, as long as nobody adds a lifespan."""
    calls.append("app startup")


@app.on_event("shutdown")  # error: [on-event-handler]
def stop() -> None:
    """Plain functions as well."""
    calls.append("app shutdown")


@router.on_event("startup")  # error: [on-event-handler]
async def start_router() -> None:
    """A router has events of its own."""
    calls.append("router startup")


@app.router.on_event("startup")  # error: [on-event-handler]
async def start_by_app_router() -> None:
    """The router of the app."""
    calls.append("app.router startup")


app.include_router(router)
