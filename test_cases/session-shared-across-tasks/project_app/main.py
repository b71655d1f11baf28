import asyncio

import crud
from crud import count_alone
from deps import DbSession
from fastapi import FastAPI

app = FastAPI()


@app.get("/stats")
async def stats(db: DbSession) -> dict[str, int]:
    users, orders = await asyncio.gather(crud.count(db, "users"), crud.count(db, "orders"))  # error: [session-shared-across-tasks]
    return {"users": users, "orders": orders}


@app.get("/stats-apart")
async def stats_apart() -> dict[str, int]:
    """Fine: each coroutine opens its own session in the other module."""
    users, orders = await asyncio.gather(count_alone("users"), count_alone("orders"))
    return {"users": users, "orders": orders}


@app.get("/stats-half")
async def stats_half(db: DbSession) -> dict[str, int]:
    """Fine: only one of the two uses the request's session."""
    users, orders = await asyncio.gather(crud.count(db, "users"), count_alone("orders"))
    return {"users": users, "orders": orders}
