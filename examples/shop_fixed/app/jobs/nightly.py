"""Clears away what nobody paid: `python -m app.jobs.nightly`."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.ext.asyncio import AsyncSession

from ..db import build_engine, build_session_factory
from ..services.orders import OrderService
from ..settings import Settings, load_settings

logger = logging.getLogger(__name__)


async def cancel_stale_orders(session: AsyncSession) -> int:
    """Cancel unpaid orders, one transaction each; how many there were."""
    service = OrderService(session)
    cancelled = 0
    for order_id in await service.orders.stale_ids():
        order = await service.cancel(order_id)
        logger.info("cancelled %s", order.number)
        cancelled += 1
    return cancelled


async def main(settings: Settings) -> int:
    """Run the job on the databases that `settings` names."""
    engine = build_engine(settings)
    factory = build_session_factory(engine)
    try:
        async with factory() as session:
            return await cancel_stale_orders(session)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(load_settings()))
