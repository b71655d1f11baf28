"""Paths that differ in nothing that matters are one; everything else keeps them apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asyncsa_lint.flow.orm.plans import EMPTY, Plan
from asyncsa_lint.flow.states.equivalence import equivalent
from asyncsa_lint.flow.states.objects import ListObject, Occurrence, Phase
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import FALSE, NONE, TRUE, UNKNOWN, Const, Ref, TupleValue, Value
from tests.flow.builders import SESSION, entry, instance, state

EAGER = Plan(loads=(("children", "selectin", EMPTY),))
VALUES = st.sampled_from([UNKNOWN, NONE, TRUE, FALSE, Const("text"), Const(7), Ref(SESSION), Ref(5), Ref(6)])
VARIABLES = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES)


def path(variables: dict[str, Value], *log: object) -> State:
    made = state(*log)  # type: ignore[arg-type]  # entries, kept short in the tests
    made.put(5, instance())
    made.put(6, instance(plan=EAGER))
    made.replace_env(dict(variables))
    return made


def test_texts_and_numbers_may_differ() -> None:
    assert equivalent(path({"a": Const("x"), "b": Const(1)}), path({"a": Const("y")}))


def test_none_is_told_from_everything_else() -> None:
    for other in (UNKNOWN, TRUE, FALSE, Const("x"), Ref(5)):
        assert not equivalent(path({"a": NONE}), path({"a": other}))


def test_what_was_loaded_is_told_apart() -> None:
    assert not equivalent(path({"a": Ref(5)}), path({"a": Ref(6)}))


def test_the_same_object_under_another_number() -> None:
    first, second = path({"a": Ref(5)}), path({})
    second.put(9, instance())
    second.replace_env({"a": Ref(9)})
    assert equivalent(first, second)


def test_one_object_is_not_two_alike() -> None:
    first, second = path({"a": Ref(5), "b": Ref(5)}), path({})
    second.put(9, instance())
    second.replace_env({"a": Ref(5), "b": Ref(9)})
    assert not equivalent(first, second)


def test_a_change_deep_inside() -> None:
    first, second = path({"a": Ref(8)}), path({"a": Ref(8)})
    for each, phase in ((first, Phase.PERSISTENT), (second, Phase.DETACHED)):
        each.put(7, instance(phase=phase))
        each.put(8, ListObject(items=(TupleValue((Ref(7),)),)))
    assert not equivalent(first, second)


def test_what_no_variable_reaches_may_differ() -> None:
    first, second = path({"a": Ref(6)}), path({"a": Ref(6)})
    second.put(5, instance(phase=Phase.DETACHED))
    assert equivalent(first, second)


def test_what_has_happened_to_a_session() -> None:
    variables: dict[str, Value] = {"a": Ref(SESSION)}
    assert not equivalent(path(variables), path(variables, entry(Occurrence.COMMIT, expires=True)))
    assert equivalent(path({}), path({}, entry(Occurrence.COMMIT, expires=True)))


def test_a_connection_in_use_by_another_task() -> None:
    first, second = path({"a": Ref(SESSION)}), path({"a": Ref(SESSION)})
    second.uses = frozenset({(SESSION, frozenset())})
    assert not equivalent(first, second)


@given(VARIABLES)
def test_a_path_and_its_fork(variables: dict[str, Value]) -> None:
    made = path(variables)
    twin = made.fork()
    twin.put(5, instance())
    assert equivalent(made, twin)


@given(VARIABLES, VARIABLES)
def test_it_does_not_matter_which_comes_first(one: dict[str, Value], other: dict[str, Value]) -> None:
    assert equivalent(path(one), path(other)) == equivalent(path(other), path(one))
