"""Events registered where the app is built."""

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"


def create_app() -> FastAPI:
    """The handlers own the engine: this is no lifespan, but it is complete."""
    app = FastAPI()

    @app.on_event("startup")  # error: 6 [on-event-handler]
    async def start() -> None:
        app.state.engine = create_async_engine(DATABASE_URL)

    @app.on_event("shutdown")  # error: [on-event-handler]
    async def stop() -> None:
        await app.state.engine.dispose()

    return app


def register_events(app: FastAPI) -> None:
    """The app is a parameter; its annotation says what it is."""

    async def start() -> None:
        app.state.ready = True

    app.router.on_event("startup")(start)  # error: [on-event-handler]


class Service(FastAPI):
    """An app class of the project."""

    def __init__(self) -> None:
        super().__init__()
        self.on_event("startup")(self.start)  # error: [on-event-handler]

    async def start(self) -> None:
        self.state.ready = True


service = Service()


@service.on_event("shutdown")  # error: [on-event-handler]
async def stop_service() -> None:
    """On an instance of the subclass."""
