"""Interpreting a module: its body, its functions as roots, the events that come of it.

    context = AnalysisContext(project, config)
    first = {path: analyse_module(context, path) for path in project.files}
    reached = union of what each has reached
    then = {path: analyse_unreached(context, path, reached) for path in project.files}
    and analyse_lifecycle(context, path) for path in project.files

Each works with a context of its own, made from the one that is given: what it finds depends
on nothing but the files of the project and the configuration, not on the modules that were
analysed before. `answer` gives the answers to those questions that are the interpreter's (see
`project.recording`).

Events may stand in other files than the module. A root is a function entered with what
its parameters declare: dependencies as FastAPI resolves them, sessions and objects of
the declared types, everything else unknown.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import TypeAlias

from asyncsa_lint.flow import roots
from asyncsa_lint.flow.activity import RELEVANT
from asyncsa_lint.flow.context import AnalysisContext
from asyncsa_lint.flow.events import Event
from asyncsa_lint.flow.states.paths import GiveUp, Idle
from asyncsa_lint.flow.tasks import ownership
from asyncsa_lint.project.recording import Question
from asyncsa_lint.project.symbols import FunctionInfo, ModuleInfo

__all__ = [
    "AnalysisContext",
    "ModuleAnalysis",
    "Reached",
    "analyse_lifecycle",
    "analyse_module",
    "analyse_unreached",
    "answer",
]

_FEW = 3
"""Functions of a file that are parsed one by one."""
Reached: TypeAlias = tuple[str, str]
"""A function by path and qualified name."""


@dataclass(frozen=True, slots=True)
class ModuleAnalysis:
    """What happens in the functions of one module."""

    events: tuple[Event, ...] = ()
    give_ups: dict[str, int] = field(default_factory=dict)
    reached: frozenset[Reached] = frozenset()
    """Functions that were interpreted with all that their parameters declare."""


def analyse_module(context: AnalysisContext, path: str) -> ModuleAnalysis:
    """Events of a module's body and entry points; none for files that can not be read."""
    with context.for_module(path) as (own, module):
        if module is None:
            return ModuleAnalysis()
        if own.activity.is_module_active(path):
            roots.run_module(own, module)
        ownership.check_units(own, module)
        _run(own, [function for function in _functions(own, module) if own.entries.is_entry(function)])
        return _result(own)


def analyse_lifecycle(context: AnalysisContext, path: str) -> ModuleAnalysis:
    """What the declarations of a module say; nearly all of it rests on the project as a whole."""
    if not context.project.mentions(path, RELEVANT):
        return ModuleAnalysis()
    module = context.project.module_at(path)
    lifecycle = context.project.recorder.shared("lifecycle", lambda: context.fresh().lifecycle)
    return ModuleAnalysis(() if module is None else tuple(lifecycle.events(module)))


def answer(context: AnalysisContext, question: Question) -> str:
    """The answer to a question about reach, activity, calls by name, roles or sessions' expiry.

    Raises KeyError for other questions.
    """
    kind, *about = question
    if kind == "expiry":
        return str(context.expiry_in(tests="tests" in about))
    if kind == "called":
        return str(context.entries.is_called(about[0]))
    path = about[0]
    if kind == "reaches":
        return "yes" if context.reach.reaches(path) else ""
    if kind == "active":
        found = context.activity.functions(path)
        return "\n".join([*sorted(found.all), "", *sorted(found.asynchronous)])
    if kind == "roles":
        return "\n".join(context.lifecycle.scene.roles.in_file(path))
    raise KeyError(kind)


def analyse_unreached(context: AnalysisContext, path: str, reached: Set[Reached]) -> ModuleAnalysis:
    """Events of the module's functions that are no entry points and that no call has `reached`."""
    context.project.recorder.note(("reached", path))
    with context.for_module(path) as (own, module):
        if module is None:
            return ModuleAnalysis()
        _run(
            own,
            [
                function
                for function in _functions(own, module)
                if not own.entries.is_entry(function) and (path, function.symbol) not in reached
            ],
        )
        return _result(own)


def _functions(context: AnalysisContext, module: ModuleInfo) -> list[FunctionInfo]:
    """Nested functions are interpreted where they are defined."""
    return [function for function in context.project.functions(module) if not function.facts.parent]


def _run(context: AnalysisContext, functions: list[FunctionInfo]) -> None:
    if len(functions) > _FEW:
        context.project.source(functions[0].module.path)  # parsed at once, and not one by one
    for function in functions:
        context.bounds.begin()
        try:
            roots.run_function(context, function)
        except GiveUp as reason:
            context.gave_up(reason.reason)
        except Idle:
            continue
        except RecursionError:
            context.gave_up("nesting")


def _result(context: AnalysisContext) -> ModuleAnalysis:
    reached = frozenset((f.module.path, f.symbol) for f in context.summaries.reached)
    return ModuleAnalysis(tuple(context.events), dict(context.give_ups), reached)
