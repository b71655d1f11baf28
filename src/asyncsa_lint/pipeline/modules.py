"""The analysis of single modules: remembered by the cache, or found now.

`Memory` is what the cache knows of one project, `Modules` the analyses of its modules. All of
it is plain data between runs and between processes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from asyncsa_lint.config import Config
from asyncsa_lint.findings import Finding
from asyncsa_lint.flow.activity import RELEVANT
from asyncsa_lint.flow.analysis import (
    AnalysisContext,
    ModuleAnalysis,
    analyse_lifecycle,
    analyse_module,
    analyse_unreached,
    answer,
)
from asyncsa_lint.pipeline.cache.database import Database, key_of
from asyncsa_lint.pipeline.cache.environment import tool
from asyncsa_lint.pipeline.cache.index import KeptImports, KeptScans
from asyncsa_lint.pipeline.cache.kept import KeptFacts, KeptUnits, environment_of
from asyncsa_lint.pipeline.cache.records import Outside, Places
from asyncsa_lint.pipeline.failures import Failed
from asyncsa_lint.plain import NotPlain, Plain, from_plain, to_plain
from asyncsa_lint.project.asking import Answers
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Question
from asyncsa_lint.project.trees import digest_of
from asyncsa_lint.source import SourceError

_OF_FLOW = ("reaches", "active", "called", "roles", "expiry")


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """All findings of a project."""

    findings: tuple[Finding, ...]
    give_ups: dict[str, int]


class Memory:
    """The cache as far as it is about one project; `database.put` happens in `keep`.

    Where it is not `lasting` it only passes results between the processes of one run.
    """

    def __init__(self, project: Project, config: Config, database: Database, *, lasting: bool) -> None:
        self._project = project
        self.lasting = lasting
        self.database = database
        self.answers = Answers(project)
        self._environment = environment_of(config, project.root, project.store.sources)
        self.facts = KeptFacts(self.database)
        self.units = KeptUnits(self.database, project, self.answers, self._environment)
        self._places = Places(project.root)
        project.store.kept = self.facts
        self._imports = KeptImports(self.database, project)
        project.store.units = self.units
        project.store.kept_imports = self._imports
        self._scans = KeptScans(self.database, project)
        project.store.kept_scans = self._scans

    def _key(self) -> bytes:
        digests = [
            [self._places.below(path), self._project.trees.digest(path)] for path in self._project.store.files
        ]
        return key_of("project", tool(), self._environment, json.dumps(digests))

    def findings(self) -> ProjectRecord | None:
        """What the last run over exactly these files has found."""
        try:
            for texts, findings, give_ups, broken in self.database.get(self._key()):
                if texts != [self._text(self._places.above(path)) for path, _ in texts]:
                    continue
                record = ProjectRecord(
                    self._places.findings_from_plain(findings), from_plain(dict[str, int], give_ups)
                )
                for path, line, column, message in from_plain(tuple[tuple[str, int, int, str], ...], broken):
                    where = self._places.above(path)
                    self._project.broken[where] = SourceError(where, line, column, message)
                return record
        except (NotPlain, Outside, TypeError, ValueError):
            pass
        return None

    def flush(self) -> None:
        """Store the parts that were found so far, for other processes to see."""
        self.database.put(self._flushed())

    def _flushed(self) -> Iterator[tuple[bytes, bytes, Plain | bytes]]:
        yield from self.units.flush()  # asks questions, whose answers are kept too
        yield from self.facts.flush()
        yield from self._imports.flush()
        yield from self._scans.flush()

    def look_again(self) -> None:
        """Another process may have stored what was not there."""
        self.database.close()
        self.facts.look_again()
        self._imports.look_again()
        self._scans.look_again()

    def take(self, *, shared: bool) -> Plain:
        """What was found since the last time, for `give` in another process; `shared` with all processes."""
        texts = [self._text(path) for path in sorted(self._project.trees.texts)]
        units = self.units.take(stored=shared or self.lasting)  # asks questions, whose answers are taken too
        return [units, self.facts.take(), self._imports.take(), self._scans.take(), texts]

    def give(self, data: Plain) -> bool:
        """Take over what another process has found; False where it has seen another template than we."""
        units, facts, imports, scans, texts = data
        if any(text != self._text(self._places.above(text[0])) for text in texts):
            return False
        self.facts.give(facts)
        self.units.give(units)
        self._imports.give(imports)
        self._scans.give(scans)
        return True

    def _text(self, path: str) -> list[str]:
        return [self._places.below(path), self.answers.answer(("text", path))]

    def keep(self, record: ProjectRecord | None) -> None:
        """Store what was found in this run; without a record only the parts."""
        if not self.lasting:
            return
        self.database.put(self._parts_and(record))

    def _parts_and(self, record: ProjectRecord | None) -> Iterator[tuple[bytes, bytes, Plain]]:
        yield from self._flushed()
        if record is None:
            return
        with suppress(Outside):
            broken = [
                [self._places.below(path), error.line, error.column, error.message]
                for path, error in sorted(self._project.broken.items())
            ]
            texts = [self._text(path) for path in sorted(self._project.trees.texts)]
            data = [
                texts,
                self._places.findings_to_plain(record.findings),
                to_plain(dict[str, int], record.give_ups),
                broken,
            ]
            variant = hashlib.blake2b(json.dumps(texts).encode(), digest_size=16).digest()
            yield self._key(), variant, data


class Modules:
    """Analyses of a project's modules; `first` of all comes before `then` of any."""

    def __init__(self, context: AnalysisContext, memory: Memory | None) -> None:
        self.project = context.project
        self._context = context
        self._memory = memory
        self._places = Places(context.project.root)
        self._reached: dict[str, set[str]] = {}
        self.failed: Mapping[tuple[str, str], str] = {}
        """What other processes could not do, by kind and path, and why."""
        if memory is not None:
            for kind in _OF_FLOW:
                memory.answers.register(kind, lambda question: answer(context, question))
            memory.answers.register("reached", self._answer_reached)

    def prepare(self, path: str) -> None:
        """What all modules ask of this one."""
        self.project.store.check(path)
        self.project.store.scan(path)
        self.project.imported_by(path)
        if self.project.store.trees.contains(path, RELEVANT):
            self._context.activity.prepare(path)
            self._context.lifecycle.scene.roles.prepare(path)

    def reach(self, path: str, names: Iterable[str]) -> None:
        """Functions of a module that were reached elsewhere."""
        self._reached.setdefault(path, set()).update(names)

    def reached(self, path: str) -> list[str]:
        """Functions of a module that were reached."""
        return sorted(self._reached.get(path, ()))

    def first(self, path: str) -> ModuleAnalysis:
        """What a module's body and entry points do."""
        analysis = self._unit("first", path, lambda: analyse_module(self._context, path))
        for where, name in analysis.reached:
            self._reached.setdefault(where, set()).add(name)
        return analysis

    def then(self, path: str) -> ModuleAnalysis:
        """What those functions do that nothing has reached."""
        reached = {(path, name) for name in self._reached.get(path, ())}
        return self._unit("then", path, lambda: analyse_unreached(self._context, path, reached))

    def _answer_reached(self, question: Question) -> str:
        return "\n".join(sorted(self._reached.get(question[1], ())))

    def lifecycle(
        self, paths: Sequence[str], fail: Callable[[str, Exception], None]
    ) -> Iterator[ModuleAnalysis]:
        """What the declarations of all modules say: found together, since all rest on the same."""
        store = self.project.store
        names = "\n".join(path.removeprefix(self.project.root) for path in store.files)
        kind, place = f"lifecycle {digest_of(names.encode('utf-8', 'surrogatepass'))}", f"{store.root}/"
        units = self._memory.units if self._memory is not None else None
        known = units.find(kind, place) if units is not None else None
        try:
            if known is not None:
                yield self._places.analysis_from_plain(*known)
                return
        except NotPlain:
            pass
        failed = False
        found: list[ModuleAnalysis] = []
        with store.recorder.recording() as asked:
            for path in paths:
                try:
                    found.append(analyse_lifecycle(self._context, path))
                except Exception as error:  # noqa: BLE001 - the other modules are judged all the same
                    fail(path, error)
                    failed = True
        whole = ModuleAnalysis(tuple(event for each in found for event in each.events))
        if units is not None and not failed:
            with suppress(Outside):
                units.save(kind, place, self._places.analysis_to_plain(whole), asked.questions())
        yield whole

    def _unit(self, kind: str, path: str, compute: Callable[[], ModuleAnalysis]) -> ModuleAnalysis:
        if self._memory is None:
            with self.project.recorder.recording():
                return compute()
        if (kind, path) in self.failed:
            raise Failed(self.failed[(kind, path)])
        known = self._memory.units.find(kind, path)
        if known is not None:
            try:
                return self._places.analysis_from_plain(*known)
            except NotPlain:
                pass  # of a version that says it is this one, or it tells of a place that can not be found
        with self.project.recorder.recording() as asked:
            found = compute()
        with suppress(Outside):
            self._memory.units.save(kind, path, self._places.analysis_to_plain(found), asked.questions())
        return found
