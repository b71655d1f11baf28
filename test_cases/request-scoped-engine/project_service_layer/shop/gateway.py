"""Access to the reporting database."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

REPORTING_URL = "postgresql+asyncpg://app@db/reporting"


class ReportingGateway:
    """The method is called for each report."""

    def connect(self) -> AsyncEngine:
        """Returns a new pool every time."""
        return create_async_engine(REPORTING_URL)  # error: [request-scoped-engine]

    async def total(self) -> int:
        """Uses a pool for one statement."""
        engine = self.connect()
        async with engine.connect() as connection:
            return (await connection.execute(text("select 1"))).scalar_one()
