"""The asynchronous twin of a method is asked for by name, and used where there is one."""

from sqlalchemy import create_engine, text


class Sink:
    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)

    def read(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.scalars(text("select name from item")))

    async def aread(self) -> list[str]:
        return []


class Trail:
    def __init__(self, url: str) -> None:
        self.sink = Sink(url)

    def read(self) -> list[str]:
        twin = getattr(self.sink, "read", None)
        return list(twin()) if callable(twin) else []

    async def aread(self) -> list[str]:
        """The other way is not taken."""
        twin = getattr(self.sink, "aread", None)
        if callable(twin):
            return list(await twin())
        return self.read()  # ok: [blocking-database-call]
