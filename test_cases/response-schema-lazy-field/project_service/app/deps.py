"""Session and service of the request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import joinedload, selectinload

from app.models import Project, Task

Session = async_sessionmaker(expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with Session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


class ProjectService:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, project_id: int, *, with_tasks: bool = False) -> Project:
        options = [selectinload(Project.tasks)] if with_tasks else []
        return await self.session.get_one(Project, project_id, options=options)

    async def all(self) -> Sequence[Project]:
        return (await self.session.scalars(select(Project))).all()

    async def tasks(self) -> Sequence[Task]:
        return (await self.session.scalars(select(Task).options(joinedload(Task.project)))).all()

    async def rename(self, project: Project, **values: Any) -> Project:
        for name, value in values.items():
            setattr(project, name, value)
        await self.session.commit()
        return project

    async def create(self, name: str) -> Project:
        project = Project(name=name)
        self.session.add(project)
        await self.session.commit()
        await self.session.refresh(project)
        return project


def get_service(session: SessionDep) -> ProjectService:
    return ProjectService(session)


ServiceDep = Annotated[ProjectService, Depends(get_service)]
