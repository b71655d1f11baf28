"""The application."""

from fastapi import Depends, FastAPI

from shop.gateway import ReportingGateway
from shop.service import ReportService

app = FastAPI()


def get_service() -> ReportService:
    """Built per request, which is fine: it is only an object."""
    return ReportService(ReportingGateway())


@app.get("/total")
async def total(service: ReportService = Depends(get_service)) -> int:
    """The request that pays for the pool."""
    return await service.total()
