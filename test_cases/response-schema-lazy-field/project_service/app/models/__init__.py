"""All models in one place."""

from app.models.base import Base
from app.models.project import Project, Task

__all__ = ["Base", "Project", "Task"]
