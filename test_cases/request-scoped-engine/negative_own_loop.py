"""Work in an event loop of its own, which connections of the application's engine do not survive."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"
app = FastAPI()
executor = ThreadPoolExecutor()
imported: list[str] = []


async def import_orders(name: str) -> None:
    """Pools belong to a loop: this one is made, used and disposed in the loop of the import."""
    engine = create_async_engine(DATABASE_URL)
    try:
        async with AsyncSession(engine) as session:
            imported.append(f"{name} {await session.scalar(text('select 1'))}")
    finally:
        await engine.dispose()


@app.post("/imports/{name}")
async def start_import(name: str) -> str:
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(executor, lambda: asyncio.run(import_orders(name)))
    return name


def run_import(name: str) -> None:
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(import_orders(name))
    finally:
        loop.close()


@app.post("/imports/{name}/threads")
def start_thread(name: str) -> str:
    thread = threading.Thread(target=run_import, args=(name,))
    thread.start()
    thread.join()
    return name
