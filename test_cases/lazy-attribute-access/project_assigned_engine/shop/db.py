"""The engine is put here by `start`: None is no constant."""

from sqlalchemy.ext.asyncio import AsyncSession

engine = None


def open_session() -> AsyncSession:
    if engine is None:
        raise RuntimeError("not started")
    return AsyncSession(engine, expire_on_commit=False)
