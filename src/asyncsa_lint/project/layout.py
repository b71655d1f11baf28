"""Which file does `import a.b.c` mean? Directories of the project instead of `sys.path`.

Nobody tells a linter how the program will be started, so the directories from which
imports can start are taken from the layout:

1. the directories above the importing file, nearest first, as far as the project root.
   Packages (with `__init__.py`) are left out, since Python does not import from inside
   them. A script finds its siblings this way, a service of a monorepo finds itself before
   its neighbours, and a file of an uninstalled application finds `app/` from the root;
2. configured source directories and directories called `src`;
3. directories that hold a package, for that package alone: tests beside `backend/` find
   the `app` in it. Plain modules are not found this way, as `import redis` must not mean
   `deploy/redis.py`; a package that several directories offer belongs to the closest;
4. a package that holds a plain directory, for the files below that directory and its name alone:
   its `__init__.py` is a stray one, and the program is started in it (`backend/__init__.py` beside
   `backend/src/models.py`, which `backend/src/api/orders.py` imports as `src.models`).

A package with `__init__.py` wins over a directory without one, as in Python: a directory
`alembic/` with scripts does not hide the installed package of that name.
"""

from __future__ import annotations

import posixpath
import sys
from collections import defaultdict
from collections.abc import Iterable

from asyncsa_lint.project.recording import Recorder
from asyncsa_lint.source import normalise

_INIT = "/__init__.py"


class Layout:
    """Maps module names to files and back, from the list of files alone."""

    def __init__(
        self, files: Iterable[str], root: str, src: tuple[str, ...] = (), recorder: Recorder | None = None
    ) -> None:
        self.root = normalise(root)
        self._recorder = recorder or Recorder()
        self._files = frozenset(map(normalise, files))
        self._packages = {path.removesuffix(_INIT) for path in self._files if path.endswith(_INIT)}
        directories = {posixpath.dirname(path) for path in self._files}
        for directory in list(directories):
            while len(directory) > len(self.root) and directory.startswith(self.root):
                directories.add(directory)
                directory = posixpath.dirname(directory)
        self._directory_names = frozenset(map(posixpath.basename, directories))
        configured = [normalise(posixpath.join(self.root, entry)) for entry in src]
        conventional = [
            directory
            for directory in directories
            if posixpath.basename(directory) == "src" and directory not in self._packages
        ]
        self._source_roots: tuple[str, ...] = tuple(dict.fromkeys([*configured, *sorted(conventional)]))
        holders: dict[str, set[str]] = defaultdict(set)
        for package in self._packages:
            above = posixpath.dirname(package)
            if above not in self._packages:
                holders[posixpath.basename(package)].add(above)
        self._holders = {name: tuple(sorted(found)) for name, found in holders.items()}
        self._found: dict[tuple[str, str], str | None] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}

    def module_name(self, path: str) -> str:
        """The name under which the file is imported; for display, not unique in a monorepo."""
        path = normalise(path)
        stem = path.removesuffix(_INIT) if path.endswith(_INIT) else path.removesuffix(".py")
        base = self._base(path)
        name = stem[len(base) :].strip("/") if stem.startswith(base) else posixpath.basename(stem)
        return name.replace("/", ".") or posixpath.basename(stem)

    def is_package(self, path: str) -> bool:
        """Whether the file is the `__init__.py` of a package."""
        return path.endswith(_INIT)

    def find(self, module: str, importer: str | None) -> str | None:
        """File of an absolute module name as seen from the importing file."""
        directory = posixpath.dirname(normalise(importer)) if importer else self.root
        found = self.search(module, directory)
        if found is not None and importer is not None and found == normalise(importer):
            self._recorder.note(("files",))
            return found if "." in module or found.endswith(_INIT) else self._other(module, found)
        return found

    def search(self, module: str, directory: str) -> str | None:
        """File of an absolute module name as seen from a directory."""
        key = (module, directory)
        self._recorder.note(("find", *key))
        if key not in self._found:
            self._found[key] = self._search(*key)
        return self._found[key]

    def find_relative(self, module: str, level: int, importer: str) -> str | None:
        """File of `from ..module import`; None above the topmost package or the project."""
        self._recorder.note(("relative", module, str(level), importer))
        base = self.relative_base(level, importer)
        if base is None:
            return None
        if not module:
            return self._file(base, "")
        return self._file(base, "/" + module.replace(".", "/"))

    def relative_base(self, level: int, importer: str) -> str | None:
        """Directory in which a relative import of that level starts."""
        self._recorder.note(("base", str(level), importer))
        directory = posixpath.dirname(normalise(importer))
        in_package = directory in self._packages
        for _ in range(level - 1):
            directory = posixpath.dirname(directory)
            outside = not directory.startswith(self.root) or directory == self.root
            if (in_package or outside or directory in self._source_roots) and directory not in self._packages:
                return None
        return directory

    def submodule(self, package: str, name: str) -> str | None:
        """File of a module directly in the package whose `__init__.py` is given."""
        self._recorder.note(("submodule", package, name))
        return self._file(posixpath.dirname(package), "/" + name)

    def is_local(self, module: str, importer: str | None) -> bool:
        """Whether the first part of the name is a module or package of the project."""
        return self.find(module.partition(".")[0], importer) is not None

    def has_directory(self, name: str) -> bool:
        """Whether some directory has this name: it may be a package without `__init__.py`."""
        self._recorder.note(("directory", name))
        return name in self._directory_names

    def _file(self, base: str, relative: str) -> str | None:
        package = f"{base}{relative}{_INIT}"
        if package in self._files:
            return package
        module = f"{base}{relative}.py"
        return module if relative and module in self._files else None

    def _other(self, module: str, importer: str) -> str | None:
        """A script `celery.py` that imports `celery` means another one, if the project has it."""
        directories = (*self._source_roots, *self._holders.get(module, ()))
        found = [path for base in directories if (path := self._file(base, "/" + module))]
        return next((path for path in found if path != importer), None)

    def _search(self, module: str, directory: str) -> str | None:
        top = module.partition(".")[0]
        relative = "/" + module.replace(".", "/")
        bases = self._ancestor_bases(directory)
        standard = top in sys.stdlib_module_names
        for regular in (True, False):
            for base in bases:
                if self._is_regular(base, top, standard) is regular:
                    path = self._file(base, relative)
                    if path is not None:
                        return path
        others = [base for base in (*self._source_roots, *self._holders.get(top, ())) if base not in bases]
        candidates = [
            (base, path)
            for base in dict.fromkeys(others)
            if (path := self._file(base, relative)) and (not standard or f"{base}/{top}" in self._packages)
        ]
        return _closest(candidates, directory) or self._beside_stray_init(top, relative, directory)

    def _beside_stray_init(self, top: str, relative: str, directory: str) -> str | None:
        """The file below the plain directory `top` that the importer is in itself."""
        current = directory
        while current.startswith(self.root) and current != self.root:
            above = posixpath.dirname(current)
            if posixpath.basename(current) == top and above in self._packages:
                return None if current in self._packages else self._file(above, relative)
            current = above
        return None

    def _is_regular(self, base: str, top: str, standard: bool) -> bool | None:
        """True for a module or package, False for a plain directory, None for neither.

        A single file with the name of a standard module stays out: in a directory without
        `__init__.py` it is mostly part of a namespace package, not a script's sibling.
        """
        if f"{base}/{top}" in self._packages:
            return True
        if standard:
            return None
        return f"{base}/{top}.py" in self._files

    def _ancestor_bases(self, directory: str) -> tuple[str, ...]:
        known = self._ancestors.get(directory)
        if known is None:
            found = []
            current = directory
            while current.startswith(self.root):
                if current not in self._packages or current == self.root:
                    found.append(current)
                above = posixpath.dirname(current)
                if above == current:
                    break
                current = above
            known = self._ancestors[directory] = tuple(found)
        return known

    def _base(self, path: str) -> str:
        """Directory against which the module name of a file is written."""
        directory = posixpath.dirname(path)
        while directory in self._packages and directory != posixpath.dirname(directory):
            directory = posixpath.dirname(directory)
        roots = (self.root, *self._source_roots)
        enclosing = [base for base in roots if f"{directory}/".startswith(f"{base}/")]
        nearest = max(enclosing, key=len, default=directory)
        in_package = posixpath.dirname(path) in self._packages
        return directory if in_package and nearest == self.root else nearest


def _closest(candidates: list[tuple[str, str]], directory: str) -> str | None:
    """The candidate that shares the longest path with the importer; None when two do."""
    if not candidates:
        return None
    shared = [len(posixpath.commonpath([base, directory])) for base, _ in candidates]
    best = max(shared)
    if shared.count(best) > 1:
        return None
    return candidates[shared.index(best)][1]
