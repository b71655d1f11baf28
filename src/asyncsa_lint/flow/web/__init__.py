"""What FastAPI, Pydantic and templates do with the objects of a request."""
