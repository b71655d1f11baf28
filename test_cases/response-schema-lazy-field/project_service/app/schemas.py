"""Schemas; the base switches attributes on for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

ItemT = TypeVar("ItemT")


class ORMModel(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class TaskRead(ORMModel):
    id: int
    title: str


class ProjectBrief(ORMModel):
    id: int
    name: str


class ProjectRead(ProjectBrief):
    tasks: list[TaskRead] = []


class ProjectStamped(ProjectBrief):
    updated_at: datetime


class TaskDetail(TaskRead):
    project: ProjectBrief


class ListResource(ORMModel, Generic[ItemT]):
    items: list[ItemT]
