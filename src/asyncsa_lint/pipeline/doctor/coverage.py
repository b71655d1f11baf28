"""How much of a project the analysis has understood, and what stopped it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asyncsa_lint.pipeline.analysis import ProjectFindings
from asyncsa_lint.pipeline.doctor.symptoms import Symptom
from asyncsa_lint.pipeline.tool_rules import INTERNAL_ERROR

_REASONS = {
    "steps": "more statements on the way than are followed",
    "depth": "calls nested deeper than are followed",
    "nesting": "expressions nested deeper than Python recurses",
    "recursion": "functions that call themselves more often than are followed",
    "situations": "functions entered in more ways than are told apart",
    "size": "more objects in play than are told apart",
    "module body": "module bodies that do too much",
    "source": "files that changed or vanished during the run",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of a project."""

    files: int
    unreadable: int
    functions: int
    give_ups: int

    @property
    def text(self) -> str:
        """In one sentence."""
        readable = self.files - self.unreadable
        share = 100 * readable / self.files if self.files else 100.0
        return (
            f"{readable} of {self.files} files analysed ({share:.1f} %), "
            f"{self.functions} functions, {self.give_ups} places not followed to the end"
        )


def measure(result: ProjectFindings) -> Coverage:
    """Count what could be read and what was followed; parses all files."""
    project = result.project
    modules = [project.module_at(path) for path in project.files]
    functions = sum(len(project.functions(module)) for module in modules if module is not None)
    unreadable = sum(path in project.broken for path in project.files)
    return Coverage(len(modules), unreadable, functions, sum(result.give_ups.values()))


def examine(result: ProjectFindings) -> Iterator[Symptom]:
    """What could not be analysed, and why; only after `measure` has looked at all files."""
    for path, error in sorted(result.project.broken.items()):
        if path in result.project.files:
            yield Symptom("analysis", f"{path}:{error.line}", f"can not be read: {error.message}")
    for path in result.project.files:
        for finding in result.of(path):
            if finding.code == INTERNAL_ERROR.code:
                yield Symptom("analysis", path, finding.message)
    for reason, number in sorted(result.give_ups.items(), key=lambda item: (-item[1], item[0])):
        text = f"{number} time{'s' if number != 1 else ''} not followed: {_REASONS.get(reason, reason)}"
        yield Symptom("analysis", "", f"{text}; what is unknown stays silent", serious=False)
