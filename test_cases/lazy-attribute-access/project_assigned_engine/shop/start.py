from sqlalchemy.ext.asyncio import create_async_engine

from shop import db


def start(url: str) -> None:
    if db.engine is None:
        db.engine = create_async_engine(url)
