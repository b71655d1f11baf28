"""`--add-ignore` writes comments that silence what is found, and changes nothing else."""

from __future__ import annotations

import ast
import logging.config
import pprint
import re
import string
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from asyncsa_lint.findings import Confidence, Finding, Severity, Span
from asyncsa_lint.pipeline.ignoring import annotate
from asyncsa_lint.source import read
from asyncsa_lint.suppressions import Kind, apply
from asyncsa_lint.suppressions.comments import parse
from asyncsa_lint.suppressions.layout import layout_of
from asyncsa_lint.suppressions.reach import Reach
from tests.baseline.running import baseline, complaint, edit, findings, lint
from tests.sandbox import MAIN, PROJECT, SERVICE, run, write

ADDED = re.compile(rb"  # asyncsa: ignore\[[a-z, -]+\] [^\r\n#]*")
REASON = "loaded by the listener"
COMMENT = f"  # asyncsa: ignore[lazy-attribute-access] {REASON}"


def add(*arguments: str, folder: Path, reason: str = REASON) -> str:
    """Add comments to a project; the result is what the tool prints."""
    done = lint("--add-ignore", "--reason", reason, *arguments, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_silences_all_that_is_found(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    assert add(folder=tmp_path) == "Added comments for 3 findings in 3 files.\n"
    assert findings("--extend-select", "ASA003", folder=tmp_path) == []
    assert (tmp_path / "app/service.py").read_text() == SERVICE.replace("items)", f"items){COMMENT}")
    assert (tmp_path / "app/main.py").read_text() == MAIN.replace(
        '("startup")', f'("startup")  # asyncsa: ignore[on-event-handler] {REASON}'
    )
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.py")}
    assert add(folder=tmp_path) == "Added comments for 0 findings in 0 files.\n"
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.py")} == before


def test_has_a_reason_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    assert lint("--add-ignore", "app/service.py", folder=tmp_path).returncode == 0
    assert "[lazy-attribute-access] added by --add-ignore\n" in (tmp_path / "app/service.py").read_text()
    assert len(findings(folder=tmp_path)) == 2


LINES = {
    "several lines": (
        "return len(\n        order.items,\n    )",
        "return len(\n        order.items,{}\n    )",
    ),
    "several lines, flagged over two": (
        "return len(order\n        .items)",
        "return len(order{}\n        .items)",
    ),
    "a comment": ("return len(order.items)  # why", "return len(order.items)  # why{}"),
    "a comment for another tool": (
        "return len(order.items)  # type: ignore  # noqa: E501",
        "return len(order.items)  # type: ignore  # noqa: E501{}",
    ),
    "a suppression of another rule": (
        "return len(order.items)  # asyncsa: ignore[ASA601] because",
        "return len(order.items)  # asyncsa: ignore[ASA601, lazy-attribute-access] because",
    ),
    "a suppression without a reason, and another comment": (
        "return len(order.items)  # asyncsa: ignore[ASA601]  # why",
        f"return len(order.items)  # asyncsa: ignore[ASA601, lazy-attribute-access] {REASON}  # why",
    ),
    "a suppression that is not understood": (
        "return len(order.items)  # asyncsa: ignored",
        "return len(order.items)  # asyncsa: ignored{}",
    ),
    "a comment in a string": (
        'return len(order.items) + len("# asyncsa: ignore[ASA601]")',
        'return len(order.items) + len("# asyncsa: ignore[ASA601]"){}',
    ),
    "a backslash": (
        "return 1 + \\\n        len(order.items) + \\\n        2",
        "return 1 + \\\n        len(order.items) + \\\n        2{}",
    ),
    "a string over lines": (
        'return len(order.items) + len("""\n        #\n    """ + "")\n',
        'return len(order.items) + len("""\n        #\n    """ + ""){}\n',
    ),
    "inside of a string": (
        'return f"""\n  {len(order.items)}\n  """',
        'return f"""\n  {len(order.items)}\n  """{}',
    ),
    "white space at the end": ("return len(order.items) \t ", "return len(order.items){} \t "),
    "a tab before": ("if 1:\n    \treturn len(order.items)", "if 1:\n    \treturn len(order.items){}"),
    "several statements": (
        "x = 1; return len(order.items); y = 2",
        "x = 1; return len(order.items); y = 2{}",
    ),
    "a form feed": ("\f\n    return len(order.items)", "\f\n    return len(order.items){}"),
    "two findings": (
        "return len(order.items) + [len(order.items)][0]",
        "return len(order.items) + [len(order.items)][0]{}",
    ),
    "a lambda over lines": (
        "return (lambda:\n        len(order.items)\n    )()",
        "return (lambda:\n        len(order.items){}\n    )()",
    ),
}


@pytest.mark.parametrize("what", LINES)
def test_line_with(tmp_path: Path, what: str) -> None:
    before, after = (SERVICE.replace("return len(order.items)", line) for line in LINES[what])
    write(tmp_path, {**PROJECT, "app/service.py": before})
    assert findings("app/service.py", "--select", "ASA5", folder=tmp_path)
    add("app/service.py", "--select", "ASA5", folder=tmp_path)
    assert (tmp_path / "app/service.py").read_bytes().decode() == after.replace("{}", COMMENT, 1).replace(
        "{}", ""
    )
    assert findings("app/service.py", "--select", "ASA5,ASA003", folder=tmp_path) == []


@pytest.mark.parametrize(
    "decorator",
    [
        "@app.on_event(\n    'startup',\n)",
        "@app.on_event('startup')  # x\n@app.on_event('shutdown')",
        "@ app . on_event('startup')",
    ],
)
def test_decorators(tmp_path: Path, decorator: str) -> None:
    text = MAIN.replace('@app.on_event("startup")', decorator)
    write(tmp_path, {"app.py": text})
    add(folder=tmp_path)
    assert findings("--extend-select", "ASA003", folder=tmp_path) == []
    assert ADDED.sub(b"", (tmp_path / "app.py").read_bytes()) == text.encode()


ENCODINGS = {
    "windows": SERVICE.replace("\n", "\r\n").encode(),
    "old mac": SERVICE.replace("\n", "\r").encode(),
    "mixed": SERVICE.replace("\n", "\r\n", 3).encode(),
    "mark": b"\xef\xbb\xbf" + SERVICE.encode(),
    "latin-1": f"# coding: latin-1\n{SERVICE}# é\n".encode("latin-1"),
    "cyrillic": f"# coding: cp1251\n{SERVICE}# ключ\n".encode("cp1251"),
    "wide": SERVICE.replace("len(order", "len('ключ' and order").encode(),
    "no end": SERVICE.rstrip("\n").encode(),
    "japanese": f"# coding: shift_jis\n{SERVICE}# 鍵\n".encode("shift_jis"),
}


@pytest.mark.parametrize("what", ENCODINGS)
def test_every_other_byte_stays(tmp_path: Path, what: str) -> None:
    path = write(tmp_path, {**PROJECT, "app/service.py": ENCODINGS[what]}) / "app" / "service.py"
    add("app/service.py", folder=tmp_path)
    (added,) = ADDED.findall(path.read_bytes())
    assert added.decode() == COMMENT
    assert ADDED.sub(b"", path.read_bytes()) == ENCODINGS[what]
    assert findings("app/service.py", folder=tmp_path) == []


def test_reason_that_the_encoding_does_not_have(tmp_path: Path) -> None:
    write(tmp_path, {**PROJECT, "app/service.py": ENCODINGS["latin-1"]})
    done = lint("--add-ignore", "--reason", "ключ", folder=tmp_path)
    assert done.returncode == 2
    assert (
        done.stderr == "asyncsa-lint: app/service.py: can not hold the reason: its encoding is iso-8859-1\n"
    )
    assert done.stdout.startswith("Added comments for 2 findings in 2 files.\n")
    assert (tmp_path / "app/service.py").read_bytes() == ENCODINGS["latin-1"]


@pytest.mark.parametrize("reason", ["", "  ", "see #12", "a\x1b[0m", "[x] y", "\u202ea"])
def test_reason_that_can_not_stand_in_a_comment(tmp_path: Path, reason: str) -> None:
    write(tmp_path, PROJECT)
    assert "must be some words" in complaint(lint("--add-ignore", "--reason", reason, folder=tmp_path))


def test_reason_needs_comments(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    assert "goes with --add-ignore" in complaint(lint("--reason", "x", folder=tmp_path))


def test_lines_of_a_reason_are_joined(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    add("app/service.py", folder=tmp_path, reason=" one\ntwo\t three ")
    assert (tmp_path / "app/service.py").read_text().endswith("] one two three\n")


def test_what_comments_can_not_settle_stays(tmp_path: Path) -> None:
    write(tmp_path, {**PROJECT, "app/service.py": SERVICE + "x = 1  # asyncsa: ignore[ASA6] why\n"})
    done = lint("--add-ignore", folder=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[1].startswith("1 finding can not be silenced by a comment")
    assert [each["code"] for each in findings(folder=tmp_path)] == ["ASA002"]


def test_what_the_baseline_lists_gets_no_comment(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    baseline("create", "app/main.py", folder=tmp_path)
    add(folder=tmp_path)
    assert (tmp_path / "app/main.py").read_text() == MAIN
    assert findings(folder=tmp_path) == []


@pytest.mark.parametrize("formatter", [("black", "-q", "."), ("ruff", "format", "--isolated", "-q", ".")])
def test_formatters_keep_what_was_added_in_force(tmp_path: Path, formatter: tuple[str, ...]) -> None:
    write(tmp_path, PROJECT)
    edit(tmp_path, "app/service.py", lambda text: text.replace("return", "return  max(1, 2) +"))
    add(folder=tmp_path, reason="the listener of the model loads all that is read here, and more")
    before = (tmp_path / "app/service.py").read_text()
    assert run(*formatter, folder=tmp_path).returncode == 0
    assert (tmp_path / "app/service.py").read_text().count("\n") > before.count("\n")
    assert findings("--extend-select", "ASA003", folder=tmp_path) == []


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("module", [logging.config, pprint, string, textwrap])
def test_comments_find_room_wherever_an_expression_stands(module: ModuleType, ends: str) -> None:
    """Whatever is found in a file of the standard library gets a comment that reaches it."""
    path = str(module.__file__)
    data = Path(path).read_bytes().replace(b"\n", ends.encode())
    source = read(path, data)
    spans = [source.span(node) for node in ast.walk(source.tree) if isinstance(node, ast.expr)]
    found = [flagged(span) for span in {(span.line, span.end_line): span for span in spans}.values()]
    changed = annotate(path, data, found, REASON).data
    assert ADDED.sub(b"", changed) == data
    again = read(path, changed)
    comments = parse(again.comments())
    outcome = apply(comments, found, Reach(comments, layout_of(again.lines), again.lines), frozenset(Kind))
    assert (outcome.remaining, outcome.stale) == ((), ())
    assert annotate(path, changed, found, REASON).data == changed


def flagged(span: Span) -> Finding:
    return Finding("ASA501", "lazy-attribute-access", Severity.ERROR, Confidence.HIGH, "m", span)
