"""A small web shop on FastAPI and SQLAlchemy's asyncio extension."""
