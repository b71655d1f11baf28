"""Business logic."""

from shop.gateway import ReportingGateway


class ReportService:
    """Holds its gateway as an attribute."""

    def __init__(self, gateway: ReportingGateway) -> None:
        self.gateway = gateway

    async def total(self) -> int:
        """Delegates."""
        return await self.gateway.total()
