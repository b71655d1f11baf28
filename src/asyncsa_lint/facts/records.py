"""What one file tells the others, as plain frozen data (no ast nodes, no other file).

Positions in facts are ast's own: 1-based lines and 0-based UTF-8 *byte* columns.
`source.SourceFile.span` turns them into characters when an event is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Expr:
    """An expression kept as its source text; `parse` (facts.expressions) gives the tree back.

    `line`/`column` are those of the first character, so that re-parsed nodes carry the
    positions they had in the file.
    """

    text: str
    line: int
    column: int


class ParameterKind(StrEnum):
    """As in inspect.Parameter."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL = "positional"
    VAR_POSITIONAL = "var-positional"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "var-keyword"


@dataclass(frozen=True, slots=True)
class ParameterFacts:
    name: str
    kind: ParameterKind
    annotation: Expr | None
    default: Expr | None
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """A `def`, `async def` at any level of the file."""

    name: str
    qualname: str
    """Dotted, without `<locals>`: `Repo.get`, `outer.inner`."""
    line: int
    """Line of `def`, not of the first decorator (as in ast)."""
    column: int
    end_line: int
    is_async: bool
    is_generator: bool
    """A `yield` belongs to this body."""
    parameters: tuple[ParameterFacts, ...]
    returns: Expr | None
    decorators: tuple[Expr, ...]
    owner: str = ""
    """qualname of the class it is directly in, or empty."""
    parent: str = ""
    """qualname of the enclosing function, or empty."""
    calls: frozenset[str] = frozenset()
    """Last names of everything called in the body, nested bodies included: `select`, `commit`.

    Kept for functions nested in functions only; `Project.calls` knows it for all.
    """
    names: frozenset[str] = frozenset()
    """Names loaded in the body, nested bodies included; as for `calls`, see `Project.names`."""


class BindingKind(StrEnum):
    ASSIGN = "assign"
    """`value` is the right-hand side; tuple targets give `index`."""
    ANNOTATION = "annotation"
    """`x: T` without a value."""
    FUNCTION = "function"
    CLASS = "class"
    IMPORT = "import"
    """`from m import n as x`: `module`, `level`, `imported`; `import m.n as x`: imported empty."""
    OTHER = "other"
    """Loop variables, with-targets, del, augmented assignment: not followed."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One way in which a name of a module or class body gets its value."""

    name: str
    kind: BindingKind
    line: int
    column: int
    value: Expr | None = None
    annotation: Expr | None = None
    index: int | None = None
    module: str = ""
    level: int = 0
    imported: str = ""
    target: str = ""
    """qualname of the function or class bound."""
    type_checking: bool = False
    """Under `if TYPE_CHECKING:`."""
    fallback: bool = False
    """In an `except` block: what is bound when the `try` block failed."""


@dataclass(frozen=True, slots=True)
class ClassFacts:
    name: str
    qualname: str
    line: int
    column: int
    end_line: int
    bases: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    """Class keywords: `metaclass=`, `table=True`."""
    decorators: tuple[Expr, ...]
    bindings: tuple[Binding, ...]
    """Body in order: assignments, annotations, methods, nested classes."""
    owner: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    path: str
    bindings: tuple[Binding, ...]
    """Module body in order, including those under if/try/with/for."""
    star_imports: tuple[tuple[str, int], ...]
    """(module, level) of each `from m import *`."""
    exports: tuple[str, ...] | None
    """`__all__` when it is a literal."""
    functions: dict[str, FunctionFacts] = field(default_factory=dict)
    """By qualname; a redefined name keeps the last."""
    classes: dict[str, ClassFacts] = field(default_factory=dict)
    attribute_assignments: tuple[tuple[str, str, Expr], ...] = ()
    """Module-level `a.b = value` (e.g. `Team.heroes = relationship(...)`): (`a`, `b`, value)."""
    main_guard: tuple[int, int] | None = None
    """Lines of the `if __name__ == "__main__":` block."""
    global_names: frozenset[str] = frozenset()
    """Names some function declares `global` and assigns."""
    local_imports: tuple[Binding, ...] = ()
    """Imports inside functions, so that the files which use a module can be listed."""
