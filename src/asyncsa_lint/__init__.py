"""asyncsa-lint: finds the bugs of FastAPI on SQLAlchemy asyncio that tests do not show."""

__version__ = "0.1.0"
