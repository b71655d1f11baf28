"""Messages and repairs of the rules on attribute reads."""

from __future__ import annotations

import pytest

from asyncsa_lint.flow.events import (
    AttributeRead,
    DynamicRelationship,
    ExpiryCause,
    JoinedCollectionConsumed,
    LoadForm,
    LoadSite,
    ReadFailure,
)
from tests.rules.making import at, only, read

OPTION = "selectinload(Order.items)"
REPOSITORY = "/project/app/repository.py"
MESSAGES = [
    (
        read(load=at(12), option=OPTION),
        "`order.items` is not loaded: the query on line 12 has no loader option for `Order.items`,"
        " so reading it raises MissingGreenlet",
        "add `.options(selectinload(Order.items))` to the statement on line 12",
    ),
    (
        read(load=at(7, "/project/app/repository.py"), option=OPTION),
        "`order.items` is not loaded: the query at repository.py:7 has no loader option for `Order.items`,"
        " so reading it raises MissingGreenlet",
        "add `.options(selectinload(Order.items))` to the statement at repository.py:7",
    ),
    (
        read(load=at(12), option=OPTION, ended="selectin"),
        "`order.items` is not loaded: the query on line 12 has no loader option for `Order.items`, and its"
        ' mapped `lazy="selectin"` is followed in a circle only as far as its `join_depth`,'
        " so reading it raises MissingGreenlet",
        "add `.options(selectinload(Order.items))` to the statement on line 12",
    ),
    (
        read(option=OPTION),
        "`order.items` is not loaded: no loader option, refresh or assignment has loaded `Order.items`,"
        " so reading it raises MissingGreenlet",
        "load it with `selectinload(Order.items)`, or await a refresh that names `items`",
    ),
    (
        read(option=OPTION, refresh='db.refresh(order, ["items"])'),
        "`order.items` is not loaded: no loader option, refresh or assignment has loaded `Order.items`,"
        " so reading it raises MissingGreenlet",
        'await `db.refresh(order, ["items"])` before the read, or load it with `selectinload(Order.items)`',
    ),
    (
        read(created=True, refresh='db.refresh(order, ["items"])'),
        "`order.items` is not loaded: the new `Order` was flushed before `items` was set,"
        " so reading it raises MissingGreenlet",
        "give it to the constructor, `Order(items=[...])`,"
        ' or await `db.refresh(order, ["items"])` after the flush',
    ),
    (
        read(load=at(12), option=OPTION, site=LoadSite(at(11), LoadForm.STATEMENT, "selectinload(o.items)")),
        "`order.items` is not loaded: the query on line 12 has no loader option for `Order.items`,"
        " so reading it raises MissingGreenlet",
        "add `.options(selectinload(o.items))` to the statement on line 11",
    ),
    (
        read(load=at(12), option=OPTION, site=LoadSite(at(12), LoadForm.GET, OPTION)),
        "`order.items` is not loaded: the query on line 12 has no loader option for `Order.items`,"
        " so reading it raises MissingGreenlet",
        "add `options=[selectinload(Order.items)]` to the `get` on line 12",
    ),
    (
        read(
            load=at(12, REPOSITORY),
            option=OPTION,
            site=LoadSite(at(18), LoadForm.ARGUMENT, OPTION, parameter="*options"),
        ),
        "`order.items` is not loaded: the query at repository.py:12 has no loader option for `Order.items`,"
        " so reading it raises MissingGreenlet",
        "add `selectinload(Order.items)` to the argument `options` of the call on line 18",
    ),
    (
        read(load=at(12), option=OPTION, read_at=at(7, REPOSITORY)),
        "`order.items` (read at repository.py:7) is not loaded: the query on line 12 has no loader option for"
        " `Order.items`, so reading it raises MissingGreenlet",
        "add `.options(selectinload(Order.items))` to the statement on line 12",
    ),
    (
        read(
            load=at(12, REPOSITORY),
            option=OPTION,
            refresh='db.refresh(order, ["items"])',
            site=LoadSite(at(11, REPOSITORY), LoadForm.PASSED, OPTION),
        ),
        "`order.items` is not loaded: the query at repository.py:12 has no loader option for `Order.items`,"
        " so reading it raises MissingGreenlet",
        "pass `selectinload(Order.items)` to the statement at repository.py:11, which loads whatever class"
        ' it is told, or await `db.refresh(order, ["items"])` before the read',
    ),
    (
        read(load=at(12), is_relationship=False, attribute="notes", path="order.notes"),
        "`order.notes` is not loaded: the query on line 12 leaves out the column `Order.notes`,"
        " so reading it raises MissingGreenlet",
        None,
    ),
    (
        read(ReadFailure.RAISELOAD, load=at(12)),
        "`order.items` is not loaded: `Order.items` is set to raise and the query on line 12 does not load"
        " it, so reading it raises InvalidRequestError",
        None,
    ),
    (
        read(ReadFailure.RAISELOAD),
        "`order.items` is not loaded: `Order.items` is set to raise and nothing loads it,"
        " so reading it raises InvalidRequestError",
        None,
    ),
    (
        read(ReadFailure.DETACHED, cause=at(15), load=at(12), option=OPTION),
        "`order.items` was not loaded when its session ended on line 15,"
        " so reading it raises DetachedInstanceError",
        "add `.options(selectinload(Order.items))` to the statement on line 12",
    ),
    (
        read(ReadFailure.DETACHED, expired_by=ExpiryCause.COMMIT),
        "`order.items` was expired when its session ended, so reading it raises DetachedInstanceError",
        "give the session factory `expire_on_commit=False`",
    ),
    (
        read(ReadFailure.DETACHED, expired_by=ExpiryCause.ROLLBACK, option=OPTION),
        "`order.items` was expired when its session ended, so reading it raises DetachedInstanceError",
        None,
    ),
    (
        read(
            ReadFailure.EXPIRED,
            expired_by=ExpiryCause.COMMIT,
            cause=at(14),
            path="order.total",
            is_relationship=False,
        ),
        "`order.total` was expired by the commit on line 14, so reading it raises MissingGreenlet",
        "await `session.refresh(order)` before the read,"
        " or give the session factory `expire_on_commit=False`",
    ),
    (
        read(ReadFailure.EXPIRED, expired_by=ExpiryCause.ROLLBACK, cause=at(14), unflushed=True),
        "`order.items` was expired by the rollback on line 14, so reading it raises MissingGreenlet",
        'await a flush and `session.refresh(order, ["items"])` before the read:'
        " a refresh drops what is not flushed",
    ),
    (
        read(ReadFailure.EXPIRED, expired_by=ExpiryCause.COMMIT, cause=at(14)),
        "`order.items` was expired by the commit on line 14, so reading it raises MissingGreenlet",
        'await `session.refresh(order, ["items"])` before the read',
    ),
    (
        read(ReadFailure.EXPIRED, expired_by=ExpiryCause.ROLLBACK, cause=at(3, "/project/lib/orders.py")),
        "`order.items` was expired by the rollback at lib/orders.py:3, so reading it raises MissingGreenlet",
        'await `session.refresh(order, ["items"])` before the read',
    ),
    (
        read(ReadFailure.EXPIRED, expired_by=ExpiryCause.REFUSED, cause=at(14)),
        "`order.items` was expired by the failure on line 14, so reading it raises PendingRollbackError",
        "take what the handler needs before the `try`: until a rollback the session loads nothing",
    ),
    (
        read(ReadFailure.EXPIRED, expired_by=ExpiryCause.EXPIRE, cause=at(14)),
        "`order.items` was expired by the call on line 14, so reading it raises MissingGreenlet",
        'await `session.refresh(order, ["items"])` before the read',
    ),
    (
        read(ReadFailure.EXPIRED, expired_by=ExpiryCause.UPDATE, cause=at(14), path="updated"),
        "`updated` is generated by the server and stale since the UPDATE on line 14,"
        " so reading it raises MissingGreenlet",
        "refresh the instance before the read",
    ),
    (
        read(ReadFailure.EXPIRED, expired_by=ExpiryCause.SQL_EXPRESSION, cause=at(14)),
        "`order.items` is stale since a SQL expression was flushed to it on line 14,"
        " so reading it raises MissingGreenlet",
        'await `session.refresh(order, ["items"])` before the read',
    ),
    (
        read(serialised_by="OrderOut", load=at(12), option=OPTION),
        "schema `OrderOut` reads `order.items`, but the query on line 12 has no loader option for"
        " `Order.items`, so the conversion fails with MissingGreenlet",
        "add `.options(selectinload(Order.items))` to the statement on line 12",
    ),
    (
        read(ReadFailure.EXPIRED, serialised_by="OrderOut", expired_by=ExpiryCause.COMMIT, cause=at(14)),
        "schema `OrderOut` reads `order.items`, which was expired by the commit on line 14,"
        " so the conversion fails with MissingGreenlet",
        'await `session.refresh(order, ["items"])` before the read',
    ),
    (
        read(ReadFailure.DETACHED, serialised_by="OrderOut", cause=at(14)),
        "schema `OrderOut` reads `order.items`, which was not loaded when its session ended on line 14,"
        " so the conversion fails with DetachedInstanceError",
        None,
    ),
]


@pytest.mark.parametrize(("event", "message", "fix"), MESSAGES)
def test_attribute_read(event: AttributeRead, message: str, fix: str | None) -> None:
    finding = only(event)
    assert finding.message == message
    assert (finding.fix.message if finding.fix else None) == fix
    assert finding.fix is None or not finding.fix.safe


@pytest.mark.parametrize(
    ("method", "consumption"), [("scalar_one", "`scalar_one()`"), ("iteration", "iteration")]
)
def test_joined_collection(method: str, consumption: str) -> None:
    consumed = JoinedCollectionConsumed(span=at(9), symbol="", relationship="Order.items", method=method)
    assert only(consumed).message == (
        f"the query joins the collection `Order.items`, so {consumption} without `unique()`"
        " raises InvalidRequestError"
    )


def test_dynamic_relationship() -> None:
    dynamic = DynamicRelationship(
        span=at(9), symbol="", model="Order", attribute="items", spelling='lazy="dynamic"'
    )
    assert only(dynamic).message == (
        '`Order.items` is mapped with `lazy="dynamic"`: reading its rows raises MissingGreenlet'
    )
