"""What one file tells the others."""

from __future__ import annotations

import sys
from textwrap import dedent

import pytest

from asyncsa_lint.facts.extract import extract
from asyncsa_lint.facts.records import Binding, BindingKind, Expr, ModuleFacts, ParameterKind
from asyncsa_lint.source import read


def facts(text: str) -> ModuleFacts:
    return extract(read("/p/file.py", dedent(text).encode()))


def said(binding: Binding) -> str:
    """A binding in one line."""
    parts = [binding.name, binding.kind.value]
    if binding.kind is BindingKind.IMPORT:
        parts.append(f"{'.' * binding.level}{binding.module}:{binding.imported}")
    if binding.annotation is not None:
        parts.append(f": {binding.annotation.text}")
    if binding.value is not None:
        parts.append(f"= {binding.value.text}")
    if binding.index is not None:
        parts.append(f"[{binding.index}]")
    if binding.target:
        parts.append(f"-> {binding.target}")
    flags = {"type-checking": binding.type_checking, "fallback": binding.fallback}
    return " ".join([*parts, *(word for word, on in flags.items() if on)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = y = f(1)", ["x assign = f(1)", "y assign = f(1)"]),
        ("a, (b, c) = 1, (2, 3)", ["a assign = 1", "b assign = 2", "c assign = 3"]),
        ("a, b = f()", ["a assign = f() [0]", "b assign = f() [1]"]),
        ("a, *b, c = f()", ["a assign = f() [0]", "b other", "c other"]),
        ("a, *b, c = 1, 2, 3", ["a assign = 1", "b other", "c other"]),
        ("a, b = 1, *c", ["a other", "b other"]),
        ("[a, (b, c)] = f()", ["a assign = f() [0]", "b other", "c other"]),
        ("x: int = 1", ["x assign : int = 1"]),
        ("x: int", ["x annotation : int"]),
        ("x += 1", ["x other"]),
        ("del x", ["x other"]),
        ("import a.b, c.d as e, f as f", ["a import a.b:", "e import c.d:", "f import f:"]),
        ("import a.b.c as a", ["a import a.b:c"]),
        ("from a import b, c as d", ["b import a:b", "d import a:c"]),
        ("from . import b\nfrom ..x import y", ["b import .:b", "y import ..x:y"]),
        (
            "for a, b in c:\n    d = 1\nelse:\n    e = 2",
            ["a other", "b other", "d assign = 1", "e assign = 2"],
        ),
        ("while a:\n    b = 1", ["b assign = 1"]),
        ("with a as b, c as (d, e):\n    f = 1", ["b other", "d other", "e other", "f assign = 1"]),
        ("if a:\n    b = 1\nelif c:\n    b = 2\nelse:\n    b = 3", [f"b assign = {n}" for n in (1, 2, 3)]),
        (
            "try:\n    a = 1\nexcept E as e:\n    a = 2\nelse:\n    b = 1\nfinally:\n    c = 1",
            ["a assign = 1", "e other", "a assign = 2 fallback", "b assign = 1", "c assign = 1"],
        ),
        ("try:\n    a = 1\nexcept* E:\n    a = 2", ["a assign = 1", "a assign = 2 fallback"]),
        (
            "match a:\n    case {'k': b, **c} | [b, *c]:\n        d = 1\n    case C(x=e) as f: ...",
            ["b other", "b other", "c other", "c other", "d assign = 1", "e other", "f other"],
        ),
        (
            "if TYPE_CHECKING:\n    from a import b\nelse:\n    b = 1",
            ["b import a:b type-checking", "b assign = 1"],
        ),
        (
            "if not t.TYPE_CHECKING:\n    b = 1\nelse:\n    b = 2",
            ["b assign = 1", "b assign = 2 type-checking"],
        ),
        ("if (m := f(1)): ...", ["m assign = f(1)"]),
        ("x = [y := 1, (lambda: (z := 2))]", ["y assign = 1", "x assign = [y := 1, (lambda: (z := 2))]"]),
        ("def f(a=(b := 1)):\n    c = (d := 2)", ["b assign = 1", "f function -> f"]),
        ("async def f(): ...\nclass C: ...", ["f function -> f", "C class -> C"]),
        ("x[0] = 1\nx.y.z = 1\nf().y = 1", []),
    ],
)
def test_bindings(text: str, expected: list[str]) -> None:
    found = [said(binding) for binding in facts(text).bindings]
    assert found == expected or ("as " in text and sorted(found) == sorted(expected))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the statement exists from 3.12 on")
def test_type_statement() -> None:
    found = facts("type Ids[T] = list[T]")
    assert [said(binding) for binding in found.bindings] == ["Ids assign = list[T]"]


def test_data_is_not_kept_as_an_expression() -> None:
    found = facts(f"x = '{'y' * 100_000}'\nz: str = '{'y' * 100_000}'")
    assert [said(binding) for binding in found.bindings] == ["x other", "z other : str"]


def test_places_are_bytes() -> None:
    binding = facts("'ü'; x = 'ä'; y = call(\n  'ö')").bindings[1]
    assert (binding.line, binding.column) == (1, 16)
    assert binding.value == Expr("call(\n  'ö')", 1, 20)


def test_functions_of_all_levels() -> None:
    found = facts(
        """
        def outer(a):
            async def inner(): return a
            class Local:
                def method(self): ...
            if a:
                def late(): ...
        class C:
            @staticmethod
            async def get(): ...
            class Nested:
                def deep(self): ...
        """
    ).functions
    places = {name: (function.owner, function.parent, function.is_async) for name, function in found.items()}
    assert places == {
        "outer": ("", "", False),
        "outer.inner": ("", "outer", True),
        "outer.Local.method": ("outer.Local", "outer", False),
        "outer.late": ("", "outer", False),
        "C.get": ("C", "", True),
        "C.Nested.deep": ("C.Nested", "", False),
    }
    assert [decorator.text for decorator in found["C.get"].decorators] == ["staticmethod"]
    assert found["outer.inner"].names == {"a"}
    assert (found["outer"].line, found["outer"].end_line) == (2, 7)


def test_parameters() -> None:
    function = facts("def f(a, /, b: int, c: str = 'x', *d: int, e, g=1, **h) -> None: ...").functions["f"]
    said = [
        (p.name, p.kind, p.annotation and p.annotation.text, p.default and p.default.text)
        for p in function.parameters
    ]
    assert said == [
        ("a", ParameterKind.POSITIONAL_ONLY, None, None),
        ("b", ParameterKind.POSITIONAL, "int", None),
        ("c", ParameterKind.POSITIONAL, "str", "'x'"),
        ("d", ParameterKind.VAR_POSITIONAL, "int", None),
        ("e", ParameterKind.KEYWORD_ONLY, None, None),
        ("g", ParameterKind.KEYWORD_ONLY, None, "1"),
        ("h", ParameterKind.VAR_KEYWORD, None, None),
    ]
    assert function.returns is not None and function.returns.text == "None"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("yield 1", True),
        ("x = await (yield from y)", True),
        ("for x in y:\n        yield", True),
        ("return 'yield'  # yield", False),
        ("def g(): yield 1", False),
        ("return lambda: (yield)", False),
        ("class C:\n        def g(self): yield 1", False),
        ("return (x for x in (yield))", True),
    ],
)
def test_generators(body: str, expected: bool) -> None:
    assert facts(f"def f():\n    {body}").functions["f"].is_generator is expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f(): ...\ndef f(): ...", 2),
        ("if a:\n    def f(): ...\nelse:\n    def f(): ...", 4),
        ("@overload\ndef f(a): ...\n@t.overload\ndef f(b): ...\ndef f(c): ...", 5),
        ("def f(c): ...\n@overload\ndef f(a): ...", 1),
        ("@property\ndef f(self): ...\n@f.setter\ndef f(self, v): ...\n@f.deleter\ndef f(self): ...", 2),
        ("@hybrid_property\ndef f(self): ...\n@f.inplace.expression\ndef f(cls): ...", 2),
        ("@property\ndef f(self): ...\n@f.getter\ndef f(self): ...", 4),
        ("@other.setter\ndef f(self): ...", 2),
        ("if TYPE_CHECKING:\n    def f(): ...\nelse:\n    def f(): ...", 4),
        ("if not TYPE_CHECKING:\n    def f(): ...\nelse:\n    def f(): ...", 2),
    ],
)
def test_which_definition_is_kept(text: str, line: int) -> None:
    assert facts(text).functions["f"].line == line


def test_classes() -> None:
    found = facts(
        """
        @decorated(1)
        class C(Base[int], mixins.M, *more, table=True, **rest):
            name: Mapped[str] = mapped_column()
            def method(self): ...
            class Meta: ...
            if TYPE_CHECKING:
                id: int
        def f():
            class Local: ...
        """
    ).classes
    cls = found["C"]
    assert [base.text for base in cls.bases] == ["Base[int]", "mixins.M", "*more"]
    assert [(word, value.text) for word, value in cls.keywords] == [("table", "True"), ("**", "rest")]
    assert [decorator.text for decorator in cls.decorators] == ["decorated(1)"]
    assert [said(binding) for binding in cls.bindings] == [
        "name assign : Mapped[str] = mapped_column()",
        "method function -> C.method",
        "Meta class -> C.Meta",
        "id annotation : int type-checking",
    ]
    assert (found["C.Meta"].owner, found["f.Local"].parent) == ("C", "f")
    assert cls.line == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("__all__ = ['a', 'b']", ("a", "b")),
        ("__all__: list[str] = ['a']", ("a",)),
        ("__all__ = ('a',)\n__all__ += ('b',)\n__all__.append('c')\n__all__.extend(['d'])", tuple("abcd")),
        ("__all__ = ['a']\nif x:\n    __all__ += ['b']", ("a", "b")),
        ("__all__ = ['a'] + other.__all__", None),
        ("__all__ = ['a']\n__all__ += other.__all__", None),
        ("__all__ = ['a', name]", None),
        ("__all__.append('a')", None),
        ("__all__ = []", ()),
        ("x = '__all__'", None),
    ],
)
def test_exports(text: str, expected: tuple[str, ...] | None) -> None:
    assert facts(text).exports == expected


def test_other_facts_of_a_module() -> None:
    found = facts(
        """
        from a import *
        from ..b import *
        Team.heroes = relationship("Hero")
        mod.Team.name, x = 1, 2
        def f():
            global engine, unused
            engine = 1
            from late import thing
            import far.away
        if __name__ == "__main__":
            main()
            done()
        """
    )
    assert found.star_imports == (("a", 0), ("b", 2))
    assert [(owner, name, value.text) for owner, name, value in found.attribute_assignments] == [
        ("Team", "heroes", 'relationship("Hero")'),
        ("mod.Team", "name", "1"),
    ]
    assert found.global_names == {"engine"}
    assert [said(binding) for binding in found.local_imports] == [
        "thing import late:thing",
        "far import far.away:",
    ]
    assert found.main_guard == (11, 13)
    assert facts("if '__main__' == __name__:\n    x()").main_guard == (1, 2)
    assert facts("if __name__ != '__main__':\n    x()").main_guard is None
