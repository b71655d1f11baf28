import asyncio

from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database import SessionLocal, get_session
from app.service import Users, count

app = FastAPI()


async def current_user(session: Session = Depends(get_session)) -> str:
    session.execute(text("select 1"))  # error: [blocking-database-call]
    Users(session).provision("local")  # error: [blocking-database-call]
    return "local"


@app.get("/health")
async def health(user: str = Depends(current_user)) -> str:
    session = SessionLocal()
    try:
        session.execute(text("select 1"))  # error: [blocking-database-call]
    finally:
        session.close()
    return user


@app.get("/count")
async def number() -> int:
    return count()  # error: [blocking-database-call]


@app.get("/count-in-a-thread")
async def number_in_a_thread() -> int:
    return await asyncio.to_thread(count)


@app.get("/count-in-a-path-operation")
def number_here() -> int:
    return count()
