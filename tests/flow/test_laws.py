"""Laws of joining: nothing fails in the join that does not fail on both paths."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from asyncsa_lint.flow.events import ExpiryCause
from asyncsa_lint.flow.orm.lifetime import after, catch_up
from asyncsa_lint.flow.orm.plans import CREATED, EMPTY, OPAQUE, Plan
from asyncsa_lint.flow.orm.refreshing import refreshed
from asyncsa_lint.flow.states.joining import join_records
from asyncsa_lint.flow.states.objects import (
    Instance,
    ListObject,
    LogEntry,
    Occurrence,
    Phase,
    Session,
    Staleness,
)
from asyncsa_lint.flow.states.paths import MAX_PATHS, Choices, explore, join, merge
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import NONE, TRUE, UNKNOWN, Const, Ref, Value
from tests.flow.builders import PARENT, SESSION, entry, failing, instance, span, state


def _fresh(record: Instance) -> dict[str, Value]:
    stale = dict(record.stale)
    return {name: value for name, value in record.attributes.items() if name not in stale}


EAGER = Plan(loads=(("children", "selectin", EMPTY),))
STALE = Staleness(ExpiryCause.COMMIT, span())
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["name", "children", "updated"]), st.sampled_from([UNKNOWN, NONE, Const(1)])
)
INSTANCES = st.builds(
    instance,
    plan=st.sampled_from([None, EMPTY, EAGER, CREATED, OPAQUE]),
    options=st.sampled_from([None, EMPTY, EAGER]),
    attributes=ATTRIBUTES,
    phase=st.sampled_from([Phase.PENDING, Phase.PERSISTENT, Phase.DETACHED]),
    expired=st.sampled_from([None, STALE]),
    stale=st.sampled_from([(), (("updated", STALE),)]),
    dirty=st.sampled_from([frozenset(), frozenset({"name"})]),
    given=st.frozensets(st.sampled_from(["name", "children"])),
    borrowed=st.frozensets(st.sampled_from(["children"])),
    uncommitted=st.booleans(),
    savepoint=st.sampled_from(["", "changed", "inserted"]),
).map(lambda record: replace(record, attributes=_fresh(record)))
"""What is stale is not at hand: expiring takes it away, and reading or writing it ends its being stale."""
ENTRIES = st.sampled_from(
    [
        entry(Occurrence.FLUSH),
        entry(Occurrence.COMMIT),
        entry(Occurrence.COMMIT, expires=True),
        entry(Occurrence.ROLLBACK, expires=True),
        entry(Occurrence.CLOSE),
        entry(Occurrence.EXPIRE_ALL),
        entry(Occurrence.SAVEPOINT),
        entry(Occurrence.SAVEPOINT_ROLLBACK),
        entry(Occurrence.LOAD, classes=frozenset({PARENT}), plan=EAGER),
        entry(Occurrence.UPDATE, classes=frozenset({PARENT}), stale=(("updated", ExpiryCause.UPDATE),)),
        entry(Occurrence.UNKNOWN),
    ]
)


def joined(first: Instance, second: Instance) -> Instance:
    made = join_records(first, second)
    assert isinstance(made, Instance)
    return made


@given(INSTANCES, INSTANCES)
def test_join_is_an_upper_bound(first: Instance, second: Instance) -> None:
    assert failing(joined(first, second)) <= failing(first) & failing(second)


def test_join_keeps_what_different_loads_lack() -> None:
    both = joined(instance(plan=EMPTY), instance(plan=EAGER))
    assert failing(both) == {"big"}


@given(INSTANCES)
def test_join_is_idempotent(record: Instance) -> None:
    assert joined(record, record) == record


@given(INSTANCES, INSTANCES, ENTRIES)
def test_occurrences_are_monotone(first: Instance, second: Instance, occurred: LogEntry) -> None:
    both = joined(first, second)
    together = failing(both if both.session is None else after(both, occurred))
    assert together <= failing(after(first, occurred)) & failing(after(second, occurred))


@given(INSTANCES, INSTANCES)
def test_refreshing_is_monotone(first: Instance, second: Instance) -> None:
    persistent = [replace(record, phase=Phase.PERSISTENT) for record in (first, second)]
    together = failing(refreshed(joined(*persistent)))
    assert together <= failing(refreshed(persistent[0])) & failing(refreshed(persistent[1]))


@given(st.lists(ENTRIES, max_size=3), st.lists(ENTRIES, max_size=3), INSTANCES)
def test_joined_states_claim_no_more_than_their_paths(
    one: list[LogEntry], other: list[LogEntry], record: Instance
) -> None:
    states = [state(*one), state(*other)]
    for path in states:
        path.put(5, record)
    both = join(*states)
    claims = [failing(found) for path in (both, *states) if (found := catch_up(5, path)) is not None]
    assert claims[0] <= claims[1] & claims[2]
    session = both.get(SESSION)
    assert isinstance(session, Session)
    assert len(session.log) <= min(len(one), len(other))


def test_lists_forget_their_items_and_keep_a_common_element() -> None:
    first, second = ListObject(items=None, element=Ref(5)), ListObject(items=None, element=Ref(5))
    assert join_records(first, second) == first
    assert join_records(first, ListObject(items=None, element=Ref(6))) == ListObject(
        items=None, element=UNKNOWN
    )


def _with(**env: Value) -> State:
    made = state()
    made.env = dict(env)
    return made


def test_merge_drops_paths_that_do_not_differ() -> None:
    assert len(merge([_with(a=TRUE), _with(a=TRUE)])) == 1
    assert len(merge([_with(a=TRUE), _with(a=NONE)])) == 2


def test_merge_keeps_only_shared_assumptions() -> None:
    first, second = _with(a=TRUE), _with(a=TRUE)
    first.assume(("flag",), truth=True)
    (only,) = merge([first, second])
    assert not only.assumed


def test_merge_is_bounded() -> None:
    paths = []
    for number in range(MAX_PATHS + 3):
        path = state()
        path.env = {f"v{n}": path.new(instance(plan=None)) for n in range(number)}
        paths.append(path)
    assert len(merge(paths)) <= MAX_PATHS


def test_explore_runs_every_combination_once() -> None:
    seen = []

    def run(_: State, choices: Choices) -> None:
        seen.append((choices.choose(2), choices.choose(2)))

    explore(state(), run)
    assert sorted(seen) == [(0, 0), (0, 1), (1, 0), (1, 1)]
