"""Imports that mean a file of the project and do not find it: source roots that nobody named.

An import is reported when some file of the project has its very path (`import shop.models` and
`.../shop/models.py`), or defines what is imported, and the import still leads nowhere. What is read
through such an import is unknown, and stays silent.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from asyncsa_lint.facts.records import Binding, BindingKind
from asyncsa_lint.pipeline.doctor.symptoms import Symptom
from asyncsa_lint.project.names import Project
from asyncsa_lint.project.symbols import ModuleInfo


def examine(project: Project) -> Iterator[Symptom]:
    """One symptom for each first part of module names that imports do not find."""
    ends = _Ends(project)
    found: dict[str, list[tuple[str, str, list[str]]]] = {}
    for path in project.files:
        module = project.module_at(path) if project.mentions(path, (b"import",)) else None
        for binding in project.bindings(module) if module is not None else ():
            meant = ends.meant(module, binding) if module is not None else []
            if meant:
                found.setdefault(binding.module.partition(".")[0], []).append((path, binding.module, meant))
    for top, places in sorted(found.items()):
        path, name, meant = places[0]
        more = f" ({len(places)} imports of `{top}` in all)" if len(places) > 1 else ""
        folders = sorted({_above(file, name) for file in meant})
        yield Symptom(
            "imports",
            path,
            f"`{name}` is not found{more}; it may be {' or '.join(meant)}",
            f'name the folder that imports start from, for example `src = ["{folders[0]}"]`',
        )


class _Ends:
    """Files of the project by the last part of their module name."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._files = frozenset(project.files)
        self._by_name: dict[str, list[str]] = {}
        for path in project.files:
            stem = path.removesuffix("/__init__.py").removesuffix(".py")
            self._by_name.setdefault(stem.rpartition("/")[2], []).append(path)

    def meant(self, module: ModuleInfo, binding: Binding) -> list[str]:
        """Files, relative to the root, that an absolute import may mean although it does not find them."""
        name = binding.module
        top = name.partition(".")[0]
        if binding.kind is not BindingKind.IMPORT or binding.level or not name:
            return []
        if top in sys.stdlib_module_names or self._project.module(name, module) is not None:
            return []
        files = [file for file in self._called(name) if self._defines(file, binding.imported)]
        if binding.imported and not files:
            submodule = f"{name}.{binding.imported}"
            files = [] if self._project.module(submodule, module) else self._called(submodule)
        root = self._project.root.rstrip("/") + "/"
        return [file.removeprefix(root) for file in files if file != module.path]

    def _called(self, name: str) -> list[str]:
        """Files that have the module name when imports start from some folder."""
        tail = "/" + name.replace(".", "/")
        return [
            path
            for path in self._by_name.get(name.rpartition(".")[2], ())
            if path.removesuffix("/__init__.py").removesuffix(".py").endswith(tail)
            and not self._is_package(path, name)
        ]

    def _is_package(self, path: str, name: str) -> bool:
        """Whether the folder that the import would start from is a package: Python starts from none."""
        return f"{_above(path, name)}/__init__.py" in self._files

    def _defines(self, path: str, name: str) -> bool:
        """Whether the file defines what is imported from it; `import a.b` says enough by its path."""
        if not name:
            return True
        module = self._project.module_at(path)
        return module is not None and any(
            binding.name == name and binding.kind is not BindingKind.IMPORT
            for binding in self._project.facts(module).bindings
        )


def _above(file: str, name: str) -> str:
    """The folder from which a file has that module name."""
    stem = file.removesuffix("/__init__.py").removesuffix(".py")
    return stem[: -len(name) - 1] or "."
