"""What all schemas share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class FromRow(BaseModel):
    """A schema that can be read from a mapped instance."""

    model_config = ConfigDict(from_attributes=True)
