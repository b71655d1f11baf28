"""Templates that can not be found, read or parsed, and a machine without jinja2: nothing is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from asyncsa_lint.config import Config
from asyncsa_lint.findings import Finding
from asyncsa_lint.pipeline.run import RunResult, Workspace, lint

MODULE = """
from fastapi import FastAPI, Request
from fastapi.templating import Jinja2Templates
from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

templates = Jinja2Templates(directory={directory})


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[list["Item"]] = relationship()


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))


async def show(request: Request, session: AsyncSession):
    order = await session.get(Order, 1)
    return templates.TemplateResponse(request, "order.html", {{"order": order}})
"""


def run(root: Path, template: str | bytes, directory: str = '"templates"') -> RunResult:
    """Lint a project with one template."""
    folder = root / "app" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    data = template if isinstance(template, bytes) else template.encode()
    (folder / "order.html").write_bytes(data)
    (root / "app" / "main.py").write_text(MODULE.format(directory=directory))
    return lint([str(root / "app")], workspace=Workspace(Config(), root=str(root)))


def found(root: Path, template: str | bytes, directory: str = '"templates"') -> list[Finding]:
    """Findings of the project."""
    return list(run(root, template, directory).findings)


@pytest.mark.parametrize(
    "template",
    [
        "{{ order.items }}",
        "{{ order['items'] }}",
        "{{ order.items|length }}",
        "{% for each in order.items %}{% endfor %}",
        "{% if order.items %}{% endif %}",
        "{{ 'some' if order.items else 'none' }}",
        "{{ order.id and order.items }}",
        "{% set x = order %}{{ x.items }}",
        "{% with x = order %}{{ x.items }}{% endwith %}",
        "{% macro m(o) %}{{ o.items }}{% endmacro %}{{ m(order) }}",
        "{{ [order]|map(attribute='items')|list }}",
        "{% do order.items %}",
        "{% block a %}{{ order.items }}{% endblock %}",
        "{% filter upper %}{{ order.items }}{% endfilter %}",
        "{% trans x=order.items %}{{ x }}{% endtrans %}",
    ],
)
def test_reads_are_found_in_every_form(tmp_path: Path, template: str) -> None:
    (finding,) = found(tmp_path, template)
    assert finding.code == "ASA501"
    step = finding.related[-1]
    assert step.span.path.endswith("order.html")
    assert template.splitlines()[step.span.line - 1][step.span.column :].startswith("items")


@pytest.mark.parametrize(
    "template",
    [
        "{{ order.id }}",
        "{{ other.items }}",
        "{% if false %}{{ order.items }}{% endif %}",
        "{% for order in rows %}{{ order.items }}{% endfor %}",
        "{% macro m(o) %}{{ o.items }}{% endmacro %}",
        "{{ order.items",
        "{% include 'nowhere.html' %}",
        "{% extends 'nowhere.html' %}",
        b"\xff\xfe{{ order.items }}",
    ],
)
def test_what_is_not_read_or_not_known_is_silent(tmp_path: Path, template: str | bytes) -> None:
    assert not found(tmp_path, template)


def test_directory_is_followed_as_it_is_spelled(tmp_path: Path) -> None:
    read = "{{ order.items }}"
    assert found(tmp_path, read, 'Path(__file__).parent / "templates"')
    assert found(tmp_path, read, 'os.path.join(os.path.dirname(__file__), "templates")')
    assert found(tmp_path, read, '"app/templates"')
    assert not found(tmp_path, read, "settings.templates")
    assert not found(tmp_path, read, '["templates", "more"]')
    assert not found(tmp_path, read, '"../templates"')


def test_template_in_two_places_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "order.html").write_text("{{ order.id }}")
    assert not found(tmp_path, "{{ order.items }}")


def test_template_that_includes_itself_ends(tmp_path: Path) -> None:
    itself = "{% include 'order.html' %}" * 9
    result = run(tmp_path, f"{{{{ order.items }}}}{itself}")
    assert [finding.code for finding in result.findings] == ["ASA501"]
    assert result.give_ups["template"]


@pytest.mark.parametrize(
    "template",
    [
        "{{ order" + ".a" * 20_000 + " }}",
        "{{ " + "(" * 5_000 + "order.id" + ")" * 5_000 + " }}",
        "{% if order %}" * 3_000 + "{% endif %}" * 3_000,
        "{{ order" + "|upper" * 20_000 + " }}",
    ],
    ids=["attributes", "brackets", "conditions", "filters"],
)
def test_deep_templates_end_without_a_finding(tmp_path: Path, template: str) -> None:
    assert not found(tmp_path, template)


def test_without_jinja2_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "asyncsa_lint.flow.web.rendering", raising=False)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert not found(tmp_path, "{{ order.items }}")
