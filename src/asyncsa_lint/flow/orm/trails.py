"""The steps that lead to a read that fails, told so that nobody has to look them up.

Loaded where and without what, out of which calls it came, what made it stale and in which
call; then, after the place of the finding, the calls it is handed to and the read itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from asyncsa_lint.findings import Related, Span
from asyncsa_lint.flow.events import ExpiryCause, ReadFailure

if TYPE_CHECKING:
    from asyncsa_lint.flow.calling.summaries import PendingRead
    from asyncsa_lint.flow.states.objects import Instance, Passage, Staleness

Step: TypeAlias = "tuple[str, str, bool]"
"""Class, attribute, whether that is a collection."""

_CAUSES: dict[ExpiryCause | None, str] = {
    ExpiryCause.COMMIT: "this commit expires every instance of the session",
    ExpiryCause.ROLLBACK: "this rollback expires every instance of the session",
    ExpiryCause.REFUSED: "when this fails, the session rolls back and every instance expires",
    ExpiryCause.EXPIRE: "expired here",
    ExpiryCause.UPDATE: "this flush writes the row; the value the database generates is not read back",
    ExpiryCause.SQL_EXPRESSION: "this flush writes a SQL expression; its value is not read back",
}


def handed(span: Span, callee: str) -> Related:
    """The object is an argument of this call, or reached from one."""
    return Related(span, f"handed to `{callee}` here", after=True)


def obtained(record: Instance, words: str, span: Span) -> list[Related]:
    """Where the object comes from, told in `words`, and the calls between there and `span`."""
    steps = [Related(each.span, _passed(each)) for each in record.via if each.span != span]
    if record.loaded_at is not None and record.loaded_at != span:
        steps.insert(0, Related(record.loaded_at, words))
    return steps


def leading(
    read: PendingRead,
    record: Instance,
    root: Instance,
    path: tuple[Step, ...],
    cause: Staleness | None,
    span: Span,
) -> list[Related]:
    """What happened before the place of the finding, which is `span`, to the object and its `root`."""
    steps = obtained(record, _origin(read, record, root, path), span)
    if cause is not None and cause.span != span:
        steps.append(Related(cause.span, f"{_cause(read)}{'' if cause.via else _turn(cause.span, span)}"))
        last = cause.via[-1:]
        for each in cause.via:
            turn = _turn(each.span, span) if each is last[0] else ""
            steps.append(Related(each.span, f"which `{each.callee}`, called here{turn}, leads to"))
    return steps


def _passed(call: Passage) -> str:
    return (
        f"it is handed to `{call.callee}` here" if call.inwards else f"it comes out of `{call.callee}` here"
    )


def _turn(cause: Span, span: Span) -> str:
    """What comes before `span` in time and not in the file happens in a loop around both."""
    if cause.path == span.path and (cause.line, cause.column) >= (span.line, span.column):
        return " in an earlier turn of the loop"
    return ""


def _origin(read: PendingRead, record: Instance, root: Instance, path: tuple[Step, ...]) -> str:
    name = path[0][0] if path else record.model.name
    names = [step for _, step, _ in path]
    if root.plan is not None and root.plan.created:
        return f"`{name}` is made here"
    if read.failure is ReadFailure.EXPIRED or read.expired_by is not None:
        of = f", and what is read belongs to its `{'.'.join(names)}`" if names else ""
        return f"`{name}` is obtained here{of}"
    return f"`{name}` is loaded here, without `{'.'.join([*names, read.attribute.name])}`"


def _cause(read: PendingRead) -> str:
    if read.failure is ReadFailure.EXPIRED:
        return _CAUSES.get(read.expired_by, "the session block ends here")
    return "the session is closed here"
