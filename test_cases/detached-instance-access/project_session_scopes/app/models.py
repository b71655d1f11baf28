"""Agents and kernels."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Agent(Base):
    __tablename__ = "agent"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    kernels: Mapped[list["Kernel"]] = relationship(back_populates="agent")

    @property
    def main_kernel(self) -> Kernel:
        return next(kernel for kernel in self.kernels if kernel.main)

    def to_data(self) -> dict[str, Any]:
        return {"name": self.name, "kernels": len(self.kernels)}


class Kernel(Base):
    __tablename__ = "kernel"

    id: Mapped[int] = mapped_column(primary_key=True)
    main: Mapped[bool] = mapped_column(default=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    agent: Mapped["Agent"] = relationship(back_populates="kernels")
