"""Execution and analysis of generated programs, and of the cases that were met on the way."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from textwrap import dedent, indent

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from asyncsa_lint.flow.verdicts import Verdict
from tests.differential.analysis import analyse
from tests.differential.cases import CASES, read_case
from tests.differential.comparison import Comparison, check_batch, check_one, compare
from tests.differential.execution import Execution, Models, Outcome
from tests.differential.programs import HEAD, make_program
from tests.differential.real import run_on_aiosqlite
from tests.differential.schemas import HEAD as MODELS_HEAD
from tests.differential.schemas import make_schema
from tests.differential.seeding import LAYOUTS, WITNESSES, singles

BATCH = 6
"""Programs that share one set of mapped classes."""
MODELS = (
    MODELS_HEAD
    + """

class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[list["Item"]] = relationship()


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
"""
)
MAIN = (
    HEAD
    + """from models import Item, Order

engine = create_async_engine("sqlite+aiosqlite://")
factory = async_sessionmaker(engine)


async def main(flag: bool, key: int) -> None:
    async with factory() as session:
        order = await session.get_one(Order, key)
        if flag:
            await session.refresh(order, ["items"])
        _ = len(order.items)
"""
)


def batch(random: Random) -> list[Comparison]:
    """Some programs over one set of classes, compared."""
    schema = make_schema(random)
    programs = {str(number): make_program(random, schema) for number in range(BATCH)}
    models = Models(schema.source)
    try:
        return list(check_batch(models, programs).values())
    finally:
        models.close()


@settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.integers(0, 2**32))
def test_execution_and_analysis_agree(seed: int) -> None:
    wrong = [str(each) for found in batch(Random(seed)) for each in found.disagreements]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_disagreement_that_was_met_is_gone(path: Path) -> None:
    texts = read_case(path)
    models = Models(texts.pop("models.py"))
    try:
        found = check_one(models, texts)
    finally:
        models.close()
    assert not found.disagreements, "\n" + "\n".join(map(str, found.disagreements))


def test_programs_are_the_same_for_the_same_seed() -> None:
    first, second = (make_schema(Random(7)) for _ in range(2))
    assert first.source == second.source
    assert make_program(Random(8), first) == make_program(Random(8), second)


def test_what_is_rare_is_written_too() -> None:
    schemas = [make_schema(Random(seed)) for seed in range(30)]
    programs = str([make_program(Random(seed), schema) for seed, schema in enumerate(schemas)])
    assert any("class Base(MappedAsDataclass" in schema.source for schema in schemas)
    assert any("@declared_attr" in schema.source for schema in schemas)
    assert all(form in programs for form in (".stream(", ".stream_scalars(", "async for"))


def test_the_rows_of_every_layout_fit_the_classes() -> None:
    schemas = [make_schema(Random(seed)) for seed in range(5)]
    for schema in schemas:
        models = Models(schema.source)
        models.witnessed({"program.py": "async def main() -> None: ..."})
        for layout in (*LAYOUTS, *WITNESSES):
            assert not dangling(models, layout), f"{layout}\n{schema.source}"
        models.close()


def dangling(models: Models, layout: int) -> list[object]:
    """Keys that lead to no row, and rows that have several others where the mapping says one."""
    models.database.restore(layout)

    async def look() -> list[object]:
        async with models.database.engine.connect() as connection:
            wrong: list[object] = [*(await connection.execute(text("PRAGMA foreign_key_check"))).all()]
            for column in singles(models.base.registry.mappers):
                rows = (await connection.execute(select(column).where(column.is_not(None)))).scalars().all()
                wrong += [column] if len({*rows}) < len(rows) else []
            return wrong

    return models.loop.run_until_complete(look())


def executed(program: str) -> Execution:
    models = Models(MODELS)
    try:
        return models.run({"program.py": program})
    finally:
        models.close()


def test_a_read_is_recorded_by_how_it_ends() -> None:
    execution = executed(MAIN)
    ends = {reached.site.attribute: outcomes for reached, outcomes in execution.outcomes.items()}
    assert ends["items"] == {Outcome.WORKS, Outcome.MISSING_GREENLET}
    assert not execution.errors


def test_a_read_that_fails_only_on_one_path_refutes_nothing() -> None:
    models = Models(MODELS)
    found = check_one(models, {"program.py": MAIN})
    models.close()
    assert not found.disagreements
    assert found.reads == Counter({"fails mixed": 1})


def test_a_program_that_adds_to_what_it_goes_through_is_left() -> None:
    endless = MAIN.replace(
        "_ = len(order.items)",
        "items = order.items\n        for _ in items:\n            items.append(Item())",
    ).replace("if flag:", "if True:")
    execution = executed(endless)
    assert not execution.errors
    assert {reached.site.attribute for reached in execution.outcomes} == {"items"}


def test_a_finding_is_borne_out_by_other_rows() -> None:
    loop = "for _ in (await session.scalars(select(Item))).all():"
    files = {"program.py": MAIN.replace("if flag:", loop)}
    models = Models(MODELS)
    execution, verdicts = models.run(files), analyse(MODELS, {"": files})[""]
    there = compare(execution, verdicts)
    elsewhere = compare(execution, verdicts, (files, models.witnessed))
    models.close()
    assert [each.kind for each in there.disagreements] == ["false"]
    assert not elsewhere.disagreements


def verdicts_on(models: str, body: str) -> Counter[str]:
    """What is said of the reads of a program with these lines in its session."""
    text = (
        HEAD
        + "from models import *\n\nfactory = async_sessionmaker(create_async_engine('sqlite+aiosqlite://'))\n"
    )
    text += "\nasync def main(flag: bool, key: int) -> None:\n    async with factory() as session:\n"
    mapped = Models(models)
    found = check_one(mapped, {"program.py": text + indent(dedent(body), " " * 8)})
    mapped.close()
    assert not found.disagreements
    return found.reads


PROXY = """
    names = association_proxy("items", "label")"""


@pytest.mark.parametrize(
    ("column", "verdict"),
    [("label: Mapped[str]", "fine"), ("label: Mapped[str] = deferred(Column(String))", "unknown")],
)
def test_a_proxy_is_claimed_to_work_with_what_it_goes_through(column: str, verdict: str) -> None:
    models = MODELS.replace("relationship()", "relationship()" + PROXY) + f"    {column}\n"
    reads = verdicts_on(
        "from sqlalchemy import String\n" + models,
        """
        order = await session.get_one(Order, key, options=[selectinload(Order.items)])
        list(order.names)
        """,
    )
    assert [kind.split()[0] for kind in reads] == [verdict]


def test_nothing_is_noted_on_a_path_that_a_failing_read_has_ended() -> None:
    reads = verdicts_on(
        MODELS,
        """
        order = await session.get_one(Order, key)
        if flag:
            await session.refresh(order, ["items"])
        _ = len(order.items)
        _ = [each.order_id for each in order.items]
        """,
    )
    assert reads == Counter({"fails mixed": 1, "fine works": 2})


def test_a_mixin_shares_no_rows_with_the_class() -> None:
    mixed = "class Noted:\n    note: Mapped[str]\n\n\nclass Order(Noted, Base):"
    reads = verdicts_on(
        MODELS.replace("class Order(Base):", mixed),
        """
        order = await session.get_one(Order, key)
        session.expire(order)
        orders = (await session.scalars(select(Order))).all()
        order.note
        """,
    )
    assert reads == Counter({"fine works": 1})


TREE = """

class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    parent: Mapped["Node | None"] = relationship(remote_side=[id])
"""


ALL = "for node in (await session.scalars(select(Node).options(selectinload(Node.parent)))).all():"
ONE = "node = await session.get_one(Node, key, options=[selectinload(Node.parent)])"


@pytest.mark.parametrize(
    ("load", "verdict"), [(f"{ALL}\n    _ = ", "unknown works"), (f"{ONE}\n_ = ", "fails MissingGreenlet")]
)
def test_a_row_of_a_tree_does_not_serve_those_above_it(load: str, verdict: str) -> None:
    reads = verdicts_on(MODELS_HEAD + TREE, load + "node.parent and node.parent.parent")
    assert reads == {"fine works": 2, verdict: 1}


LOADING = '        if flag:\n            await session.refresh(order, ["items"])\n'
ALWAYS, NEVER = (
    '        await session.refresh(order, ["items"])\n        pass\n',
    "        pass\n        pass\n",
)


@pytest.mark.parametrize(
    ("executes", "analysed", "kind"), [(NEVER, ALWAYS, "missed"), (ALWAYS, NEVER, "false")]
)
def test_verdicts_on_another_program_disagree(executes: str, analysed: str, kind: str) -> None:
    verdicts = analyse(MODELS, {"": {"program.py": MAIN.replace(LOADING, analysed)}})[""]
    found = compare(executed(MAIN.replace(LOADING, executes)), verdicts)
    assert [each.kind for each in found.disagreements] == [kind]


def test_the_stand_in_raises_what_aiosqlite_raises() -> None:
    random = Random(11)
    for _ in range(2):
        schema = make_schema(random)
        program = make_program(random, schema)
        models = Models(schema.source)
        here = models.run(program)
        models.close()
        there = run_on_aiosqlite(schema.source, program)
        assert here.outcomes == there.outcomes
        assert len(here.errors) == len(there.errors)


def test_silence_is_told_apart_from_a_claim() -> None:
    program = MAIN.replace("session.get_one(Order, key)", "fetch(session)").replace(
        "engine =", "from elsewhere import fetch\n\nengine ="
    )
    verdicts = analyse(MODELS, {"": {"program.py": program}})[""]
    assert not verdicts.claims
    assert Verdict.FINE not in {verdict for marks in verdicts.reads.values() for _, verdict in marks}
