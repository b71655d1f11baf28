"""What all views of a project share: its files, their facts, what was found once for everybody.

Everything here is either a function of one file and of the layout, or noted with the recorder
when somebody takes it (`recording`). So a `Project` can be made afresh for each module, and
what its analysis finds does not depend on what was analysed before.
"""

from __future__ import annotations

import json
import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from asyncsa_lint.facts.bindings import group_by_name
from asyncsa_lint.facts.extract import extract
from asyncsa_lint.facts.records import Binding, ModuleFacts
from asyncsa_lint.facts.usage import Usage
from asyncsa_lint.plain import NotPlain, Plain, from_plain, to_plain
from asyncsa_lint.project.layout import Layout
from asyncsa_lint.project.recording import Question, Recorder
from asyncsa_lint.project.scans import Scan, is_class_name, scan
from asyncsa_lint.project.symbols import ClassInfo, FunctionInfo, ModuleInfo
from asyncsa_lint.project.trees import Trees, digest_of
from asyncsa_lint.source import SourceError, normalise, paused_collector

T = TypeVar("T")


class KeptFacts(Protocol):
    """Facts of files by the digest of their bytes, from an earlier run or another process."""

    def load(self, digest: str, path: str) -> ModuleFacts | None:
        """The facts, if they are known."""

    def save(self, digest: str, data: bytes) -> None:
        """Keep facts as `Store.encoded` writes them."""

    def has(self, digest: str) -> bool:
        """Whether there are facts of such a file."""

    def digest(self, digest: str) -> str:
        """The digest of the facts of a file; empty when they are not known."""


class KeptImports(Protocol):
    """Which files of the project a file imports, from an earlier run over files of the same names."""

    def load(self, path: str, content: str) -> tuple[str, ...] | None:
        """The paths, if they are known for this content."""

    def save(self, path: str, content: str, imports: tuple[str, ...]) -> None:
        """Keep the paths that a file with this content imports."""


class KeptScans(Protocol):
    """What was read off the bytes of files, from an earlier run."""

    def load(self, path: str, digest: str) -> Scan | None:
        """The names in a file, if they are known for this content."""

    def save(self, path: str, digest: str, found: Scan) -> None:
        """Keep the names in a file with this content."""

    def mentioning(self, needles: tuple[bytes, ...]) -> Mapping[str, bool] | None:
        """Whether files hold one of the needles, for those that are as they were."""

    def remember(self, needles: tuple[bytes, ...], found: Sequence[str]) -> None:
        """Keep which of all files hold one of the needles."""


class Units(Protocol):
    """Results for single files, from an earlier run or another process."""

    def load(self, kind: str, path: str) -> Plain | None:
        """The result, if all that it rests on is as it was; None when it has to be found again."""

    def save(self, kind: str, path: str, data: Plain, asked: Iterable[Question]) -> None:
        """Keep a result and the questions whose answers it rests on."""


class Store:
    """Files, facts, and the one object for each module, function and class."""

    def __init__(self, files: Iterable[str], root: str, src: tuple[str, ...] = ()) -> None:
        self.files: tuple[str, ...] = tuple(sorted(set(map(normalise, files))))
        self.root = normalise(root)
        self.sources = tuple(posixpath.join(self.root, entry) for entry in src)
        """The source roots that are configured."""
        self.recorder = Recorder()
        self.layout = Layout(self.files, self.root, src, self.recorder)
        self.trees = Trees(self.recorder)
        self._functions: dict[tuple[str, str], FunctionInfo] = {}
        self._classes: dict[tuple[str, str], ClassInfo] = {}
        self._bindings: dict[str, dict[str, tuple[Binding, ...]]] = {}
        self.usage: dict[FunctionInfo, Usage] = {}
        self.kept: KeptFacts | None = None
        self.kept_imports: KeptImports | None = None
        self.units: Units | None = None
        self.kept_scans: KeptScans | None = None
        self._scans: dict[str, Scan] = {}
        self._words: dict[str, list[str]] | None = None
        self._known_files = frozenset(self.files)
        self._modules: dict[str, ModuleInfo | None] = {}
        self._mentioning: dict[tuple[bytes, ...], tuple[str, ...]] = {}
        self._heirs: dict[str, tuple[str, ...]] = {}
        self._tables: tuple[dict[str, set[str]], dict[str, list[str]]] | None = None

    def module_at(self, path: str) -> ModuleInfo | None:
        """The module of a file of the project; None when it is broken or not one of them."""
        self.recorder.note(("module", path))
        if path not in self._modules:
            self._modules[path] = self._load(path) if path in self._known_files else None
        return self._modules[path]

    def function(self, module: ModuleInfo, qualname: str) -> FunctionInfo | None:
        """The function of a qualified name inside a module; who takes it notes the question."""
        key = (module.path, qualname)
        known = self._functions
        if key not in known and qualname in module.unrecorded.functions:
            known[key] = FunctionInfo(module, module.unrecorded.functions[qualname])
        return known.get(key)

    def class_(self, module: ModuleInfo, qualname: str) -> ClassInfo | None:
        """The class of a qualified name inside a module; who takes it notes the question."""
        key = (module.path, qualname)
        known = self._classes
        if key not in known and qualname in module.unrecorded.classes:
            known[key] = ClassInfo(module, module.unrecorded.classes[qualname])
        return known.get(key)

    def bindings(self, module: ModuleInfo) -> dict[str, tuple[Binding, ...]]:
        """Bindings at module level by name; who takes some notes the question."""
        known = self._bindings.get(module.path)
        if known is None:
            known = self._bindings[module.path] = group_by_name(module.unrecorded.bindings)
        return known

    def _load(self, path: str) -> ModuleInfo | None:
        facts = self.kept.load(self.trees.digest(path), path) if self.kept is not None else None
        if facts is None:
            facts = self._extract(path)
        if facts is None:
            return None
        self.trees.parses(path)
        return ModuleInfo(self.layout.module_name(path), path, facts, self.layout.is_package(path))

    def _extract(self, path: str) -> ModuleFacts | None:
        with self.recorder.recording(), paused_collector():
            source = self.trees.source(path)
            if source is None:
                return None
            try:
                facts = extract(source)
            except SourceError as error:
                self.trees.fail(error)
                return None
        if self.kept is not None:
            self.kept.save(self.trees.digest(path), encoded(facts))
        return facts

    def check(self, path: str) -> None:
        """Have a broken file known as such; what has facts is not broken."""
        with self.recorder.recording():
            if self.kept is None or not self.kept.has(self.trees.digest(path)):
                self.module_at(path)

    def content_digest(self, path: str) -> str:
        """What stands for a file and the name under which it is imported."""
        if path not in self._known_files:
            return "none"
        return f"{self.trees.digest(path)} {self.layout.module_name(path)}"

    def facts_digest(self, path: str) -> str:
        """What stands for all that `module_at` says of a file."""
        digest = self.kept.digest(self.trees.digest(path)) if self.kept is not None else ""
        if not digest:
            module = self.module_at(path)
            if module is None:
                return "none"
            digest = digest_of(encoded(module.unrecorded))
        elif path not in self._known_files:
            return "none"
        return f"{digest} {self.layout.module_name(path)}"

    def unit(self, kind: str, path: str, shape: type[T], compute: Callable[[], T]) -> T:
        """A result for one file, of a type that can be written as plain data.

        Who takes it notes a question that it answers, not what it was found from.
        """
        return self.recorder.apart((kind, path), lambda: self._unit(kind, path, shape, compute))

    def _unit(self, kind: str, path: str, shape: type[T], compute: Callable[[], T]) -> T:
        data = self.units.load(kind, path) if self.units is not None else None
        if data is not None:
            try:
                return from_plain(shape, data)
            except NotPlain:
                pass  # written by a version that says it is this one
        with self.recorder.recording() as asked:
            found = compute()
        if self.units is not None:
            self.units.save(kind, path, to_plain(shape, found), asked.questions())
        return found

    def mentioning(self, needles: tuple[bytes, ...]) -> tuple[str, ...]:
        """Files in which any of the needles occurs, in order; the name of a class occurs as a whole word."""
        self.recorder.note(("mentioning", *(needle.decode("latin-1") for needle in needles)))
        known = self._mentioning.get(needles)
        if known is None:
            if len(needles) == 1 and is_class_name(needles[0]):
                known = tuple(self._class_names().get(needles[0].decode("ascii"), ()))
            else:
                known = self._search(needles)
            self._mentioning[needles] = known
        return known

    def _search(self, needles: tuple[bytes, ...]) -> tuple[str, ...]:
        kept = self.kept_scans
        before = kept.mentioning(needles) if kept is not None else None
        found: list[str] = []
        for path in self.files:
            known = before.get(path) if before is not None else None
            if known is None:
                data = self.trees.data(path) or b""
                known = any(needle in data for needle in needles)
            if known:
                found.append(path)
        if kept is not None:
            kept.remember(needles, found)
        return tuple(found)

    def scan(self, path: str) -> Scan:
        """Names in a file that were read off its bytes; who takes some notes the question."""
        known = self._scans.get(path)
        if known is None:
            kept, digest = self.kept_scans, self.trees.digest(path)
            known = kept.load(path, digest) if kept is not None else None
            if known is None:
                known = scan(self.trees.data(path) or b"")
                if kept is not None:
                    kept.save(path, digest, known)
            self._scans[path] = known
        return known

    def _class_names(self) -> dict[str, list[str]]:
        """Files by the capitalised words in them: classes are looked for so often that one index pays."""
        if self._words is None:
            self._words = defaultdict(list)
            for path in self.files:
                for word in self.scan(path).capitalised.split():
                    self._words[word].append(path)
        return self._words

    def heirs(self, name: str) -> tuple[str, ...]:
        """Files whose classes inherit from something of that name, or of one that it is given anywhere."""
        self.recorder.note(("heirs", name))
        known = self._heirs.get(name)
        if known is None:
            renamed, inheriting = self._inheritance()
            names = {name}
            pending = list(names)
            while pending:
                others = renamed.get(pending.pop(), set()) - names
                names |= others
                pending += others
            found = {path for each in names for path in inheriting.get(each, ())}
            known = self._heirs[name] = tuple(sorted(found))
        return known

    def _inheritance(self) -> tuple[dict[str, set[str]], dict[str, list[str]]]:
        """What names are also called anywhere, and files by the names their classes inherit from."""
        if self._tables is None:
            renamed: dict[str, set[str]] = defaultdict(set)
            inheriting: dict[str, list[str]] = defaultdict(list)
            for path in self.files:
                found = self.scan(path)
                for old, new in found.pairs():
                    renamed[old].add(new)
                for name in found.bases.split():
                    inheriting[name].append(path)
            self._tables = renamed, inheriting
        return self._tables


def encoded(facts: ModuleFacts) -> bytes:
    """Facts as they are kept: without the path, which is not the file's content."""
    _, *rest = to_plain(ModuleFacts, facts)
    return json.dumps(rest, separators=(",", ":"), ensure_ascii=True).encode("ascii")
