"""Interpreting a module: its body, its functions as roots, the events that come of it.

    context = AnalysisContext(project, config)
    for path in project.files:
        analysis = analyse_module(context, path)    # events may stand in other files

A root is a function entered with what its parameters declare: dependencies as FastAPI
resolves them, sessions and objects of the declared types, everything else unknown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from asyncsa_lint.flow import ownership, roots
from asyncsa_lint.flow.context import AnalysisContext
from asyncsa_lint.flow.events import Event
from asyncsa_lint.flow.paths import GiveUp, Idle
from asyncsa_lint.project.symbols import ModuleInfo

__all__ = ["AnalysisContext", "ModuleAnalysis", "analyse_module"]

RELEVANT = (b"sqlalchemy", b"sqlmodel", b"async def", b"asyncpg", b"fastapi", b"starlette")
"""A file that mentions none of these neither makes nor awaits anything of interest."""


@dataclass(frozen=True, slots=True)
class ModuleAnalysis:
    """What happens in the functions of one module."""

    events: tuple[Event, ...]
    give_ups: dict[str, int]


def analyse_module(context: AnalysisContext, path: str) -> ModuleAnalysis:
    """Events of one module of the project; none for files that can not be read."""
    if not context.project.mentions(path, RELEVANT):
        return ModuleAnalysis((), {})
    module = context.project.module_at(path)
    if module is None:
        return ModuleAnalysis((), {})
    before = Counter(context.give_ups)
    context.events = {}
    context.in_test = context.is_test(path)
    _interpret(context, module)
    context.in_test = False
    for event in context.lifecycle.events(module):
        context.publish(event)
    return ModuleAnalysis(tuple(context.events), dict(context.give_ups - before))


def _interpret(context: AnalysisContext, module: ModuleInfo) -> None:
    roots.run_module(context, module)
    ownership.check_units(context, module)
    for function in context.project.functions(module):
        if function.facts.parent:
            continue
        context.begin_root()
        try:
            roots.run_function(context, function)
        except GiveUp as reason:
            context.gave_up(reason.reason)
        except Idle:
            continue
        except RecursionError:
            context.gave_up("nesting")
