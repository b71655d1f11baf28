"""An instance through the occurrences of its session (TRUTH A(d), A(f), A(g))."""

from __future__ import annotations

from dataclasses import replace

from asyncsa_lint.flow.events import ExpiryCause
from asyncsa_lint.flow.orm.lifetime import after, catch_up, flushed
from asyncsa_lint.flow.orm.plans import CREATED, Plan
from asyncsa_lint.flow.orm.refreshing import refreshed
from asyncsa_lint.flow.states.objects import Instance, Occurrence, Phase
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import NONE, SQL, UNKNOWN
from tests.flow.builders import (
    PARENT,
    PARENT_MODEL,
    entry,
    failing,
    instance,
    model,
    pending,
    span,
    state,
)

EVERY_COLUMN = frozenset({"id", "name", "big", "updated"})


def put(record: Instance, *log: object) -> tuple[Instance, State]:
    made = state(*log)  # type: ignore[arg-type]  # entries, kept short in the tests
    made.put(5, record)
    caught = catch_up(5, made)
    assert caught is not None
    return caught, made


def test_commit_expires_unless_told_otherwise() -> None:
    kept, _ = put(instance(), entry(Occurrence.COMMIT))
    lost, _ = put(instance(), entry(Occurrence.COMMIT, expires=True))
    assert "name" not in failing(kept)
    assert failing(lost) >= EVERY_COLUMN
    assert lost.expired is not None
    assert lost.expired.cause is ExpiryCause.COMMIT


def test_the_log_is_replayed_once() -> None:
    caught, made = put(instance(), entry(Occurrence.COMMIT, expires=True))
    made.put(5, replace(caught, expired=None))
    again = catch_up(5, made)
    assert again is not None
    assert again.expired is None


def test_rollback_makes_new_objects_transient_and_leaves_them_readable() -> None:
    added = after(pending(attributes={"name": UNKNOWN}), entry(Occurrence.FLUSH))
    assert added.phase is Phase.PERSISTENT
    undone = after(added, entry(Occurrence.ROLLBACK, expires=True))
    assert undone.phase is Phase.TRANSIENT
    assert not failing(undone)


def test_flush_of_a_new_object_forgets_relationships_that_were_only_read() -> None:
    never_set = pending(attributes={"children": UNKNOWN}, given=frozenset())
    given = pending(attributes={"children": UNKNOWN}, given=frozenset({"children"}))
    never_set, given = replace(never_set, plan=CREATED), replace(given, plan=CREATED)
    assert "children" in failing(flushed(never_set, entry(Occurrence.FLUSH)))
    assert "children" not in failing(flushed(given, entry(Occurrence.FLUSH)))


def test_update_makes_generated_columns_stale() -> None:
    changed = flushed(instance(dirty=frozenset({"name"})), entry(Occurrence.FLUSH))
    assert "updated" in failing(changed)
    fetched = model(PARENT, *PARENT_MODEL.attributes.values(), eager_defaults="true")
    kept = flushed(instance(model=fetched, dirty=frozenset({"name"})), entry(Occurrence.FLUSH))
    assert "updated" not in failing(kept)


def test_sql_expressions_are_not_read_back() -> None:
    changed = instance(dirty=frozenset({"name"}), attributes={"name": SQL})
    assert "name" in failing(flushed(changed, entry(Occurrence.FLUSH)))


def test_savepoint_rollback_undoes_only_what_came_after_it() -> None:
    savepoint, undone = entry(Occurrence.SAVEPOINT), entry(Occurrence.SAVEPOINT_ROLLBACK)
    untouched = after(after(instance(), savepoint), undone)
    assert untouched.expired is None
    changed = flushed(instance(dirty=frozenset({"name"})), entry(Occurrence.FLUSH))
    earlier = after(after(changed, savepoint), undone)
    assert earlier.expired is None
    dirty = after(instance(dirty=frozenset({"name"})), savepoint)
    later = after(flushed(dirty, entry(Occurrence.FLUSH)), undone)
    assert later.expired is not None
    added = after(after(after(pending(), savepoint), entry(Occurrence.FLUSH)), undone)
    assert added.phase is Phase.TRANSIENT


def test_bulk_update_reaches_instances_of_its_class() -> None:
    update = entry(Occurrence.UPDATE, classes=frozenset({PARENT}), stale=(("updated", ExpiryCause.UPDATE),))
    assert "updated" in failing(after(instance(), update))
    other = entry(Occurrence.UPDATE, stale=(("updated", ExpiryCause.UPDATE),))
    assert "updated" not in failing(after(instance(), other))


def test_close_detaches_and_keeps_what_is_loaded() -> None:
    closed = after(
        instance(attributes={"children": UNKNOWN, "name": NONE}, borrowed=frozenset({"children"})),
        entry(Occurrence.CLOSE),
    )
    assert closed.phase is Phase.DETACHED
    assert "children" in failing(closed)
    assert "name" not in failing(closed)


def test_refresh_repeats_the_first_load() -> None:
    eager = Plan(loads=(("children", "selectin", Plan()),))
    assert "children" not in failing(refreshed(instance(plan=eager, options=eager)))
    later = instance(plan=eager, options=Plan(), attributes={"children": UNKNOWN})
    assert "children" in failing(refreshed(later))


def test_a_later_load_fills_instances_of_its_class() -> None:
    eager = Plan(loads=(("children", "selectin", Plan()),))
    load = entry(Occurrence.LOAD, classes=frozenset({PARENT}), plan=eager)
    expired = after(instance(), entry(Occurrence.COMMIT, expires=True))
    assert not failing(after(expired, load)) & {"name", "children"}


def test_spans_do_not_distinguish_entries() -> None:
    assert entry(Occurrence.FLUSH) == replace(entry(Occurrence.FLUSH), span=span(7))
