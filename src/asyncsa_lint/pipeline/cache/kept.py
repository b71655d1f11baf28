"""Facts by the content of their file, and results by the questions that they rest on.

Keys and values hold no absolute path, no time and no size: an entry that was made in another
checkout or on another machine is as good as one of our own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from operator import itemgetter

from asyncsa_lint.config import Config
from asyncsa_lint.facts.records import ModuleFacts
from asyncsa_lint.pipeline.cache.database import Database, key_of, packed
from asyncsa_lint.pipeline.cache.environment import tool
from asyncsa_lint.pipeline.cache.records import Move, Moves, Outside, Places
from asyncsa_lint.plain import NotPlain, Plain, from_plain
from asyncsa_lint.project.asking import OF_FILES, Answers, Unportable
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.recording import Question
from asyncsa_lint.project.trees import digest_of
from asyncsa_lint.project.versions import detect

ONLY = b"only"
"""The variant of what has one value."""


class KeptFacts:
    """Facts of files by digest; those of this run are stored by `flush`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: dict[str, tuple[str, str] | None] = {}
        self._new: dict[str, tuple[str, str]] = {}
        self._stored: set[str] = set()

    def load(self, digest: str, path: str) -> ModuleFacts | None:
        """The facts of a file with this content."""
        entry = self._entry(digest)
        if entry is None:
            return None
        try:
            return from_plain(ModuleFacts, [path, *json.loads(entry[1])])
        except (NotPlain, TypeError, ValueError):
            self._found[digest] = None
            return None

    def look_up(self, digests: Iterable[str]) -> None:
        """Find out for many files at once whether their facts are stored."""
        keys = {_facts_key(digest): digest for digest in digests}
        self._stored.update(keys[key] for key in self._database.known(list(keys)))

    def has(self, digest: str) -> bool:
        """Whether facts of a file with this content are stored, or were found in this run."""
        return digest in self._stored or bool(self._found.get(digest))

    def digest(self, digest: str) -> str:
        """What stands for the facts of a file with this content; empty when they are not known."""
        entry = self._entry(digest)
        return "" if entry is None else entry[0]

    def save(self, digest: str, data: bytes) -> None:
        """Keep facts as `project.store.encoded` writes them."""
        self._new[digest] = self._found[digest] = (digest_of(data), data.decode("ascii"))

    def _entry(self, digest: str) -> tuple[str, str] | None:
        if digest not in self._found:
            values = self._database.get(_facts_key(digest)) if digest else []
            known = next((each for each in values if _is_entry(each)), None)
            self._found[digest] = (known[0], known[1]) if known is not None else None
        return self._found[digest]

    def look_again(self) -> None:
        """Others may have stored what was not there."""
        self._found = {digest: entry for digest, entry in self._found.items() if entry is not None}

    def take(self) -> Plain:
        """What was saved since the last time."""
        new = [[digest, *entry] for digest, entry in self._new.items()]
        self._new.clear()
        return new

    def give(self, data: Plain) -> None:
        """Take over what `take` gave in another process."""
        for digest, *entry in data:
            self._new[digest] = self._found[digest] = (entry[0], entry[1])

    def flush(self) -> list[tuple[bytes, bytes, Plain]]:
        """What is to be stored."""
        new = [(_facts_key(digest), ONLY, list(entry)) for digest, entry in self._new.items()]
        self._new.clear()
        return new


def _is_entry(data: Plain) -> bool:
    return type(data) is list and [type(part) for part in data] == [str, str]


def _facts_key(digest: str) -> bytes:
    return key_of("facts", tool(), digest)


class KeptUnits:
    """Results for files; `load` asks all questions again that a result rests on."""

    def __init__(self, database: Database, project: Project, answers: Answers, environment: str) -> None:
        self._database = database
        self._project = project
        self._answers = answers
        self._environment = environment
        self._places = Places(project.root)
        self._new: list[tuple[str, str, Plain, tuple[Question, ...]]] = []
        self._known: dict[tuple[str, str], tuple[Plain, Moves]] = {}
        self._parts: dict[Question, Plain] = {}
        self._rows: list[tuple[bytes, bytes, bytes]] = []

    def load(self, kind: str, path: str) -> Plain | None:
        """The result, for those whose results tell of no lines but in files that were seen as a whole."""
        found = self.find(kind, path)
        return None if found is None else found[0]

    def find(self, kind: str, path: str) -> tuple[Plain, Moves] | None:
        """The result, if all questions have the answers they had, and what has moved since."""
        known = self._known.get((kind, path))
        if known is not None:
            return known
        try:
            key = self._key(kind, path)
        except Outside:
            return None
        for entry in self._database.get(key):
            if type(entry) is list and len(entry) == 3:
                moves = self._moves(entry[0], entry[1])
                if moves is not None:
                    self._known[(kind, path)] = entry[2], moves
                    return entry[2], moves
        return None

    def save(self, kind: str, path: str, data: Plain, asked: Iterable[Question]) -> None:
        """Keep a result; it is stored by `flush`."""
        self._known[(kind, path)] = data, {}
        self._new.append((kind, path, data, tuple(asked)))

    def take(self, *, stored: bool) -> Plain:
        """What was saved since the last time, with the bytes to store if it is to be `stored`."""
        results = [[kind, path, data] for kind, path, data, _ in self._new]
        if not stored:
            self._new.clear()
        rows = [(key, variant, packed(key, variant, data)) for key, variant, data in self._stored()]
        return [results, [[base64.b64encode(part).decode("ascii") for part in row] for row in rows]]

    def give(self, data: Plain) -> None:
        """Take over what `take` gave in another process."""
        results, rows = data
        for kind, path, result in results:
            self._known[(kind, path)] = result, {}
        for key, variant, value in rows:
            self._rows.append((base64.b64decode(key), base64.b64decode(variant), base64.b64decode(value)))

    def _key(self, kind: str, path: str) -> bytes:
        return key_of(kind, self._environment, self._places.below(path))

    def _moves(self, files: Plain, questions: Plain) -> Moves | None:
        """What has moved in the files; None where something has another answer."""
        if type(files) is not list or type(questions) is not list:
            return None
        try:
            for question, answer in questions:
                if self._answers.answer(self._answers.absolute(tuple(question))) != answer:
                    return None
            moves: dict[str, tuple[Move, ...]] = {}
            for below, content, parts in files:
                path = self._places.above(below)
                if self._answers.content(path) != content:
                    moved = self._moves_in(path, parts)
                    if moved is None:
                        return None
                    moves[below] = moved
            return moves
        except (KeyError, IndexError, TypeError, ValueError, Unportable):
            return None  # of a version that says it is this one

    def _moves_in(self, path: str, parts: Plain) -> tuple[Move, ...] | None:
        """Where the parts of a changed file stand now, if each says what it said, in the same order."""
        found: list[Move] = []
        for (kind, *rest), answer, first, last in parts:
            question = (kind, path, *rest)
            if self._answers.answer(question) != answer:
                return None
            place = self._answers.place(question) if first else None
            if place is not None:
                move = Move(first, last, place[0] - first)
                if found and not _in_order(found[-1], move):
                    return None
                found.append(move)
        return tuple(found)

    def _rests(self, asked: Iterable[Question]) -> tuple[Plain, Plain]:
        """What a result rests on: files with what was asked of each, and other questions."""
        files: dict[str, list[Plain]] = {}
        others: list[Plain] = []
        for each in asked:
            if each[0] in OF_FILES:
                files.setdefault(each[1], []).append(self._part(each))
            else:
                others.append([list(self._answers.relative(each)), self._answers.answer(each)])
        for parts in files.values():
            parts.sort(key=itemgetter(2))
        return [
            [self._places.below(path), self._answers.content(path), parts] for path, parts in files.items()
        ], others

    def _part(self, question: Question) -> Plain:
        """What was asked of a file as it is stored: with the answer, and where it stands."""
        known = self._parts.get(question)
        if known is None:
            kind, _, *rest = question
            place = self._answers.place(question) if rest else None
            known = [[kind, *rest], self._answers.answer(question), *(place or (0, 0))]
            self._parts[question] = known
        return known

    def flush(self) -> Iterator[tuple[bytes, bytes, Plain | bytes]]:
        """What is to be stored."""
        rows, self._rows = self._rows, []
        yield from rows
        yield from self._stored()

    def _stored(self) -> Iterator[tuple[bytes, bytes, Plain]]:
        """What was saved here, one by one: the questions of all results at once are many."""
        new, self._new = self._new, []
        while new:
            kind, path, data, asked = new.pop()
            try:
                key = self._key(kind, path)
                rests = self._rests(asked)
            except (KeyError, Outside, Unportable):
                continue
            files, others = rests
            # The content of a file decides what it says.
            told = json.dumps([[each[:2] for each in files], others])
            yield key, hashlib.blake2b(told.encode(), digest_size=16).digest(), [files, others, data]


def _in_order(before: Move, after: Move) -> bool:
    """Two parts stand as they stood: what is found may depend on which comes first."""
    was, now = after.first - before.first, after.first + after.by - before.first - before.by
    return now > 0 if was > 0 else now == 0


def environment_of(config: Config, root: str, src: Iterable[str]) -> str:
    """All that results depend on beside the files: this tool, settings, and versions in use."""
    skipped = {"baseline", "cache_dir", "exclude", "src"}
    settings = [
        f"{field.name}={getattr(config, field.name)!r}"
        for field in fields(config)
        if field.metadata["setting"].reach == "project" and field.name not in skipped
    ]
    sources = [os.path.relpath(path, root).replace(os.sep, "/") for path in src]
    text = json.dumps([tool(), settings, repr(detect(root)), sources])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Cache:
    """The cache of one run: a database for each project, or one for all of them."""

    def __init__(
        self, folder_of: Callable[[str], str], warn: Callable[[str], None], read_only: bool = False
    ) -> None:
        self._folder_of = folder_of
        self._warn = warn
        self._read_only = read_only
        self._databases: dict[str, Database] = {}
        self._shared: dict[str, str] = {}

    def share(self, root: str, other: str) -> None:
        """Keep what is found about a project beside what is found about another one."""
        self._shared[root] = other

    def of(self, root: str) -> Database | None:
        """The database of a project, None when it has none."""
        folder = self._folder_of(self._shared.get(root, root))
        if not folder:
            return None
        if folder not in self._databases:
            self._databases[folder] = Database(folder, self._warn, self._read_only)
        return self._databases[folder]
