"""Asking a recorded question again: its answer as a short text that is equal only when the answer is.

Paths in questions and answers are absolute inside a run; whoever keeps them writes them
relative to the root (`relative`, `absolute`), so that they hold in another checkout too.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from asyncsa_lint.project.names import Project
from asyncsa_lint.project.parts import KINDS, Parts, Place
from asyncsa_lint.project.recording import Question
from asyncsa_lint.project.trees import digest_of

OF_FILES = frozenset({"facts", "source", "mentions", "matches", *KINDS})
"""Questions about one file that it answers alone; the first thing they say is the file."""
_PATHS = {
    "text": (1,),
    "find": (2,),
    "relative": (3,),
    "base": (2,),
    "submodule": (1,),
    "importers": (1,),
    "active": (1,),
    "roles": (1,),
    "reached": (1,),
    "imports": (1,),
    "assignments": (1,),
}
"""Where in a question of a kind paths stand."""


class Unportable(Exception):
    """A question about a place outside of the project."""


class Answers:
    """Answers of one run, each found once; other layers add the kinds of questions they answer."""

    def __init__(self, project: Project) -> None:
        self._store = store = project.store
        self._known: dict[Question, str] = {}
        self._parts = Parts(project)
        self._kinds: dict[str, Callable[[Question], str]] = {
            "content": lambda question: store.content_digest(question[1]),
            "facts": lambda question: store.facts_digest(question[1]),
            "source": lambda question: store.trees.digest(question[1]),
            "text": self._text,
            "mentions": self._mentions,
            "matches": self._matches,
            **dict.fromkeys(KINDS, self._parts.answer),
            "mentioning": self._mentioning,
            "files": lambda question: self._paths(store.files),
            "find": lambda question: self._path(store.layout.search(question[1], question[2])),
            "relative": self._relative,
            "base": lambda question: self._path(store.layout.relative_base(int(question[1]), question[2])),
            "submodule": lambda question: self._path(store.layout.submodule(question[1], question[2])),
            "directory": lambda question: str(store.layout.has_directory(question[1])),
            "imports": lambda question: self._paths(project.imported_by(question[1])),
            "assignments": lambda question: digest_of(
                repr(project.calls_assigned(question[1])).encode("utf-8", "surrogatepass")
            ),
            "importers": lambda question: self._paths(project.importers_of(question[1])),
            "heirs": lambda question: self._paths(store.heirs(question[1])),
        }

    def register(self, kind: str, answer: Callable[[Question], str]) -> None:
        """Have questions of a kind answered by somebody else."""
        self._kinds[kind] = answer

    def answer(self, question: Question) -> str:
        """The answer to a question, now; raises KeyError for a kind that nobody knows."""
        known = self._known.get(question)
        if known is None:
            with self._store.recorder.recording():
                known = self._known[question] = self._kinds[question[0]](question)
        return known

    def content(self, path: str) -> str:
        """What stands for all that a file says of itself: while it is the same, so are its `OF_FILES`."""
        return self.answer(("content", path))

    def place(self, question: Question) -> Place | None:
        """Where the part of a file that is asked for stands now; None where it has no place."""
        with self._store.recorder.recording():
            return self._parts.place(question)

    def relative(self, question: Question) -> Question:
        """The question without the place of the project."""
        places = _PATHS.get(question[0])
        if places is None:
            return question
        return tuple(self._below(part) if index in places else part for index, part in enumerate(question))

    def absolute(self, question: Question) -> Question:
        """The question as it is asked in this run."""
        places = _PATHS.get(question[0])
        if places is None:
            return question
        root = self._store.root
        return tuple(
            f"{root.rstrip('/')}/{part}".rstrip("/") if index in places else part
            for index, part in enumerate(question)
        )

    def _below(self, path: str) -> str:
        root = self._store.root
        if path == root:
            return ""
        prefix = f"{root.rstrip('/')}/"
        if not path.startswith(prefix):
            raise Unportable(path)
        return path[len(prefix) :]

    def _path(self, path: str | None) -> str:
        return "-" if path is None else f"={self._below(path)}"

    def _paths(self, paths: tuple[str, ...]) -> str:
        return digest_of("\n".join(map(self._below, paths)).encode("utf-8", "surrogatepass"))

    def _relative(self, question: Question) -> str:
        _, module, level, importer = question
        return self._path(self._store.layout.find_relative(module, int(level), importer))

    def _text(self, question: Question) -> str:
        data = self._store.trees.raw(question[1])
        return "-" if data is None else digest_of(data)

    def _mentions(self, question: Question) -> str:
        needles = tuple(needle.encode("latin-1") for needle in question[2:])
        return str(self._store.trees.contains(question[1], needles))

    def _matches(self, question: Question) -> str:
        pattern = re.compile(question[2].encode("latin-1"))
        return str(self._store.trees.matching(question[1], pattern))

    def _mentioning(self, question: Question) -> str:
        return self._paths(self._store.mentioning(tuple(part.encode("latin-1") for part in question[1:])))
