"""What a run tells of one place."""

from __future__ import annotations

from pathlib import Path

from asyncsa_lint.config import Config
from asyncsa_lint.pipeline.run import Workspace, lint

SOURCE = """
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)

    async def save(self, session: AsyncSession) -> int:
        session.add(self)
        await session.rollback()
        session.add(self)
        await session.commit()
        return self.id


class Order(Base):
    __tablename__ = "order"


class Invoice(Base):
    __tablename__ = "invoice"


async def both(session: AsyncSession, key: int) -> None:
    await (await session.get_one(Order, key)).save(session)
    await (await session.get_one(Invoice, key)).save(session)
"""


def test_what_a_base_class_does_to_many_models_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(SOURCE)
    found = lint([str(tmp_path)], workspace=Workspace(Config(), root=str(tmp_path))).findings
    assert [(finding.code, finding.span.line) for finding in found] == [("ASA505", 14)]
