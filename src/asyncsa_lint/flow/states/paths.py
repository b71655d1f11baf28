"""Exploring the paths of one function: choices, sinks, merging.

Expression code is written as if there were one path. Where several continuations are
possible it calls `Choices.choose(n)`; the statement is then run again from the same
state for every other answer. That keeps evaluation free of lists of states, and costs
only where paths really part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from asyncsa_lint.flow.orm.lifetime import catch_up
from asyncsa_lint.flow.states.carried import given_away, sessions_held
from asyncsa_lint.flow.states.copies import replace
from asyncsa_lint.flow.states.equivalence import equivalent, takes_for_empty
from asyncsa_lint.flow.states.joining import join_records
from asyncsa_lint.flow.states.objects import Instance, Session
from asyncsa_lint.flow.states.state import State
from asyncsa_lint.flow.states.values import UNKNOWN, Const, Ref, StatementValue, Value

MAX_PATHS = 3
"""States kept side by side at one program point; more are joined."""
MAX_CHOICES = 4
"""Continuations explored of one statement."""


class PathEnds(Exception):
    """The path leaves the statement by an exception of the analysed program."""

    def __init__(self, state: State, exception: str = "") -> None:
        super().__init__(exception)
        self.state = state
        self.exception = exception


class GiveUp(Exception):
    """The bound on work was reached; the function's outcome is unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Idle(Exception):
    """A root has run for long without meeting anything of interest: no verdict is lost by leaving it."""


class Choices:
    """The script of answers for one run of a statement."""

    __slots__ = ("made", "script")

    def __init__(self, script: tuple[int, ...] = ()) -> None:
        self.script = script
        self.made: list[tuple[int, int]] = []

    def choose(self, count: int) -> int:
        """Which of `count` continuations this run takes."""
        if count <= 1:
            return 0
        position = len(self.made)
        answer = self.script[position] if position < len(self.script) else 0
        self.made.append((answer, count))
        return min(answer, count - 1)

    def alternatives(self) -> list[tuple[int, ...]]:
        """Scripts of the runs that this one has shown to be possible."""
        found = []
        taken = [answer for answer, _ in self.made]
        for position in range(len(self.script), len(self.made)):
            for answer in range(1, self.made[position][1]):
                found.append((*taken[:position], answer))
        return found


@dataclass(slots=True)
class Raised:
    """A state in which an exception is on its way; implicit ones may or may not occur."""

    state: State
    exception: str = ""
    implicit: bool = False
    passed: bool = False
    """Not raised by a statement of the function itself: by a callee, or by a read that fails."""


@dataclass(slots=True)
class Sink:
    """Where the paths go that leave a block other than by its end."""

    returns: list[tuple[Value, State]] = field(default_factory=list)
    raises: list[Raised] = field(default_factory=list)
    breaks: list[State] = field(default_factory=list)
    continues: list[State] = field(default_factory=list)

    def take(self, inner: Sink, raises: list[Raised] | None = None) -> None:
        """The paths that have left an inner block leave this one; `raises` stand in for its own."""
        self.returns += inner.returns
        self.raises += inner.raises if raises is None else raises
        self.breaks += inner.breaks
        self.continues += inner.continues


def join_values(first: Value | None, second: Value | None) -> Value:
    """Least value above both: equal values stay, everything else becomes unknown."""
    if first is not None and first == second:
        return first
    return UNKNOWN


def join(first: State, second: State) -> State:
    """One state for two paths: only what both agree on is kept."""
    for state in (first, second):
        # What has happened to a session must reach its instances before the paths' logs are cut.
        for ident in list(state.heap):
            catch_up(ident, state)
    joined = first.fork()
    joined.replace_env({name: join_values(value, second.env.get(name)) for name, value in first.env.items()})
    for ident, record in list(first.heap.items()):
        other = second.heap.get(ident)
        if other is not None and other != record:
            joined.put(ident, join_records(record, other))
    _let_go(first, second, joined)
    _see_all(joined)
    joined.assumed = {k: v for k, v in first.assumed.items() if second.assumed.get(k) is v}
    joined.uses = first.uses | second.uses
    joined.tasks = tuple(t for t in first.tasks if t in second.tasks)
    joined.next_id = max(first.next_id, second.next_id)
    joined.broken = first.broken and second.broken
    return joined


def _let_go(first: State, second: State, joined: State) -> None:
    """A variable that is unknown from here on may have held what closes a session."""
    for state, other in ((first, second), (second, first)):
        lost = [value for name, value in state.env.items() if value != other.env.get(name)]
        held = {ident for value in lost if value is not UNKNOWN for ident in sessions_held(value, state)}
        given_away([Ref(ident) for ident in held], joined)


def _see_all(joined: State) -> None:
    """The instances have been through all that the joined sessions' logs tell."""
    for ident, record in list(joined.heap.items()):
        session = joined.get(record.session) if isinstance(record, Instance) and record.session else None
        if isinstance(record, Instance) and isinstance(session, Session) and record.seen != len(session.log):
            joined.put(ident, replace(record, seen=len(session.log)))


def merge(states: list[State]) -> list[State]:
    """Drop duplicates; beyond MAX_PATHS give up those that a failing read has ended, and join those that
    lose least."""
    merged = _distinct(states)
    while len(merged) > MAX_PATHS:
        ended = next((state for state in reversed(merged) if state.broken), None)
        if ended is not None:
            merged.remove(ended)
            continue
        kept, given = _least_loss(merged)
        merged[kept] = join(merged[kept], merged.pop(given))
    return merged


def in_groups(states: list[State]) -> Iterator[list[State]]:
    """All that differ, as many at a time as are kept side by side: for what is too good to be joined."""
    distinct = _distinct(states)
    for start in range(0, len(distinct), MAX_PATHS):
        yield distinct[start : start + MAX_PATHS]


def _distinct(states: list[State]) -> list[State]:
    if len(states) < 2:
        return states
    merged: list[State] = []
    for state in states:
        for position, known in enumerate(merged):
            if equivalent(known, state):
                merged[position] = _merged(known, state)
                break
        else:
            merged.append(state)
    return merged


def bounded(states: list[State]) -> list[State]:
    """No more paths than are kept side by side."""
    return merge(states) if len(states) > MAX_PATHS else states


def _least_loss(states: list[State]) -> tuple[int, int]:
    """Which two paths to join: the last of those that hold fewest rows, about which least can be claimed.

    Where possible two on which the sessions have expired as much, of others nothing is left to claim,
    and of these two that have loaded as much.
    """
    rows = [sum(isinstance(state.object_of(v), Instance) for v in state.env.values()) for state in states]
    everywhere = [*range(len(states))]
    expired = _most_alike(everywhere, rows, [_expiries(state) for state in states])
    loaded = _most_alike(expired, rows, [_loaded(state) for state in states]) if len(expired) > 2 else expired
    fewest = min(rows[i] for i in loaded)
    poorest = [position for position in loaded if rows[position] == fewest]
    return (poorest[-2], poorest[-1]) if len(poorest) > 1 else (loaded[-2], loaded[-1])


def _most_alike(positions: list[int], rows: list[int], keys: Sequence[object]) -> list[int]:
    """Of several paths that are alike those with the fewest rows; all of them where no two are."""
    kinds: dict[object, list[int]] = {}
    for position in positions:
        kinds.setdefault(keys[position], []).append(position)
    alike = [each for each in kinds.values() if len(each) > 1]
    return min(alike, key=lambda each: min(rows[i] for i in each), default=positions)


def _loaded(state: State) -> tuple[object, ...]:
    """With what the rows in variables were loaded, and with what the statements will."""
    found: list[object] = []
    for name, value in state.env.items():
        record = state.object_of(value)
        if isinstance(record, Instance):
            found.append((name, record.plan))
        elif isinstance(value, StatementValue):
            found.append((name, value))
    return tuple(found)


def _expiries(state: State) -> tuple[object, ...]:
    """How often each session has expired what it holds."""
    return tuple(
        (ident, sum(entry.expires for entry in record.log))
        for ident, record in state.heap.items()
        if isinstance(record, Session)
    )


def _merged(first: State, second: State) -> State:
    """Two states that differ in nothing that matters; texts and numbers they disagree on are forgotten."""
    if first.heap is not second.heap and takes_for_empty(first) and not takes_for_empty(second):
        first, second = second, first  # the path with rows tells more
    differing = [name for name, value in first.env.items() if second.env.get(name) is not value]
    forgotten = {
        name
        for name in differing
        if type(first.env[name]) is Const and first.env[name] != second.env.get(name)
    }
    broken = first.broken and second.broken
    if not forgotten and first.assumed == second.assumed and first.broken is broken:
        return first
    survivor = first.fork()
    survivor.broken = broken
    survivor.assumed = {k: v for k, v in first.assumed.items() if second.assumed.get(k) is v}
    if forgotten:
        survivor.replace_env({n: UNKNOWN if n in forgotten else v for n, v in first.env.items()})
    return survivor


def explore(start: State, run: Callable[[State, Choices], None]) -> None:
    """Run a statement once for every combination of choices, each from a fork of `start`."""
    waiting: list[tuple[int, ...]] = [()]
    done = 0
    while waiting and done < MAX_CHOICES:
        choices = Choices(waiting.pop())
        done += 1
        run(start.fork(), choices)
        waiting.extend(reversed(choices.alternatives()))


def void(_: object) -> None:
    """Discard a value where an action is wanted."""
