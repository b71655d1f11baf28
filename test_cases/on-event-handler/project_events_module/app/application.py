"""The app object."""

from fastapi import FastAPI

app = FastAPI()
