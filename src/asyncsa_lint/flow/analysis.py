"""Interpreting a module: its body, its functions as roots, the events that come of it.

    context = AnalysisContext(project, config)
    first = {path: analyse_module(context, path) for path in project.files}
    reached = union of what each has reached
    then = {path: analyse_unreached(context, path, reached) for path in project.files}

Events may stand in other files than the module. A root is a function entered with what
its parameters declare: dependencies as FastAPI resolves them, sessions and objects of
the declared types, everything else unknown.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import TypeAlias

from asyncsa_lint.flow import ownership, roots
from asyncsa_lint.flow.context import AnalysisContext
from asyncsa_lint.flow.events import Event
from asyncsa_lint.flow.paths import GiveUp, Idle
from asyncsa_lint.project.symbols import FunctionInfo, ModuleInfo

__all__ = ["AnalysisContext", "ModuleAnalysis", "Reached", "analyse_module", "analyse_unreached"]

Reached: TypeAlias = tuple[str, str]
"""A function by path and qualified name."""

RELEVANT = (b"sqlalchemy", b"sqlmodel", b"async def", b"asyncpg", b"fastapi", b"starlette")
"""A file that mentions none of these neither makes nor awaits anything of interest."""


@dataclass(frozen=True, slots=True)
class ModuleAnalysis:
    """What happens in the functions of one module."""

    events: tuple[Event, ...] = ()
    give_ups: dict[str, int] = field(default_factory=dict)
    reached: frozenset[Reached] = frozenset()
    """Functions that were interpreted with all that their parameters declare."""


def analyse_module(context: AnalysisContext, path: str) -> ModuleAnalysis:
    """Events of a module's body and entry points; none for files that can not be read.

    The result depends on nothing but the files of the project and the configuration: not on
    the modules that were analysed before.
    """
    module = _begin(context, path)
    if module is None:
        return ModuleAnalysis()
    roots.run_module(context, module)
    ownership.check_units(context, module)
    _run(
        context, [function for function in _functions(context, module) if context.entries.is_entry(function)]
    )
    context.in_test = False
    for event in context.lifecycle.events(module):
        context.publish(event)
    return _result(context)


def analyse_unreached(context: AnalysisContext, path: str, reached: Set[Reached]) -> ModuleAnalysis:
    """Events of the module's functions that are no entry points and that no call has `reached`."""
    module = _begin(context, path)
    if module is None:
        return ModuleAnalysis()
    _run(
        context,
        [
            function
            for function in _functions(context, module)
            if not context.entries.is_entry(function) and (path, function.symbol) not in reached
        ],
    )
    return _result(context)


def _begin(context: AnalysisContext, path: str) -> ModuleInfo | None:
    module = context.project.module_at(path) if context.project.mentions(path, RELEVANT) else None
    if module is not None:
        context.begin_module(path)
    return module


def _functions(context: AnalysisContext, module: ModuleInfo) -> list[FunctionInfo]:
    """Nested functions are interpreted where they are defined."""
    return [function for function in context.project.functions(module) if not function.facts.parent]


def _run(context: AnalysisContext, functions: list[FunctionInfo]) -> None:
    for function in functions:
        context.begin_root()
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
