"""The program that starts the server also ends the life of the engine."""

import asyncio

import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

DATABASE_URL = "postgresql+asyncpg://app@db/orders"

engine = create_async_engine(DATABASE_URL)
app = FastAPI()


@app.get("/orders")
async def list_orders() -> int:
    """Uses the engine of the process."""
    async with engine.connect() as connection:
        return (await connection.execute(text("select 1"))).scalar_one()


async def main() -> None:
    """Runs the server and disposes afterwards."""
    try:
        await uvicorn.Server(uvicorn.Config(app)).serve()
    finally:
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
