from app.service import Unclear


class Nothing:
    async def titles(self) -> int:
        return 0

    async def authors(self) -> int:
        return 0


def wired(limit: int):
    """Imports where they are needed, as applications with optional parts do."""
    from app.service import Lookup
    from app.sources import Sources

    return Lookup(sources=lambda s: Sources(session=s, limit=limit), kinds=("titles", "authors"))


def with_sources() -> Unclear:
    from app.sources import Sources

    return Unclear(lambda s: Sources(s))


def with_nothing() -> Unclear:
    return Unclear(lambda s: Nothing())
