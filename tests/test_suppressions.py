"""Comments that silence findings: which are understood, what they reach, what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from asyncsa_lint.config import Config
from asyncsa_lint.findings import Confidence, Finding, Severity, Span
from asyncsa_lint.pipeline.run import lint as pipeline_lint
from asyncsa_lint.pipeline.silence import silence
from asyncsa_lint.pipeline.tool_rules import INTERNAL_ERROR
from asyncsa_lint.project.names import Project
from asyncsa_lint.source import read
from asyncsa_lint.suppressions import Stale, apply
from asyncsa_lint.suppressions.comments import Kind, Verb, parse
from asyncsa_lint.suppressions.layout import layout_of
from asyncsa_lint.suppressions.reach import Reach
from tests.sandbox import MAIN, PROJECT, findings, lint, places, run, write

BOTH = frozenset(Kind)


def finding(line: int, end_line: int | None = None, code: str = "ASA501") -> Finding:
    """A finding on some lines."""
    rules = {"ASA501": "lazy-attribute-access", "ASA601": "session-shared-across-tasks"}
    span = Span("/a.py", line, 0, end_line or line, 9)
    return Finding(code, rules[code], Severity.ERROR, Confidence.HIGH, "m", span)


def silenced(text: str, found: Finding, kinds: frozenset[Kind] = BOTH) -> bool:
    """Whether the comments of a source text silence a finding."""
    source = read("/a.py", text.encode())
    comments = parse(source.comments())
    outcome = apply(comments, [found], Reach(comments, layout_of(source.lines), source.lines), kinds)
    hidden = found in [each.finding for each in outcome.silenced]
    assert hidden is not (found in outcome.remaining)
    return hidden


def reached(text: str) -> set[int]:
    """Lines of code on which a finding would be silenced."""
    code = {number for number, line in enumerate(text.splitlines(), 1) if line.strip()[:1] not in ("", "#")}
    return {line for line in code if silenced(text, finding(line))}


def stale(text: str, *found: Finding) -> tuple[Stale, ...]:
    """Suppressions of a text that do nothing."""
    source = read("/a.py", text.encode())
    comments = parse(source.comments())
    return apply(comments, found, Reach(comments, layout_of(source.lines), source.lines), BOTH).stale


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# NOQA: asa501",
        "#noqa:ASA501",
        "# noqa: E501, ASA5",
        "# noqa: E501 ASA501 a reason",
        "# type: ignore # noqa: ASA501",
        "# asyncsa: ignore",
        "#asyncsa:ignore[ASA501]",
        "# asyncsa: ignore[lazy-attribute-access]",
        "# asyncsa: ignore[ASA601, lazy-attribute-access] loaded by the listener",
        "# asyncsa: ignore[ASA5] # noqa: E501",
        "# asyncsa: ignore-file",
        "# asyncsa: ignore-file[ASA501] generated",
        "# flake8: noqa",
        "# flake8: noqa: ASA501",
    ],
)
def test_silence(comment: str) -> None:
    assert silenced(f"x = 1  {comment}\n", finding(1))


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: E501",
        "# noqa: ASA6",
        "# asyncsa: ignore[ASA601]",
        "# asyncsa: ignore[lazy]",
        "# asyncsa: ignored",
        "# asyncsa: ignore-files",
        "# asyncsa: ignore-file[ASA6]",
        "# asyncsa ignore",
        "# flake8: noqa: E501",
    ],
)
def test_do_not_silence(comment: str) -> None:
    assert not silenced(f"x = 1  {comment}\n", finding(1))


def test_comments_in_strings_are_text() -> None:
    assert not silenced('x = "# noqa"\n', finding(1))


def test_own_comments_reach_first_and_last_line_of_the_expression() -> None:
    text = "x = f(  {}\n    1,  {}\n)  {}\n"
    assert silenced(text.format("# asyncsa: ignore", "", ""), finding(1, 3))
    assert not silenced(text.format("", "# asyncsa: ignore", ""), finding(1, 3))
    assert silenced(text.format("", "", "# asyncsa: ignore"), finding(1, 3))


def test_noqa_reaches_as_far_as_in_flake8() -> None:
    assert not silenced("x = f(\n    1,\n)  # noqa\n", finding(1, 3))
    assert silenced('x = f("""\na\n""")  # noqa\n', finding(1, 3))
    assert silenced("x = 1 + \\\n    y  # noqa\n", finding(1))
    assert not silenced("x = 1\n# noqa\n", finding(1))


def test_own_comments_reach_the_statement_that_begins_or_ends_on_their_line() -> None:
    """A formatter that breaks the line moves the comment to the end of the statement."""
    text = "x = f(  {}\n    a.b,\n    {}\n    c.d,\n)  {}\n"
    ignore = "# asyncsa: ignore[ASA501]"
    assert silenced(text.format(ignore, "", ""), finding(2))
    assert silenced(text.format("", "", ignore), finding(2))
    head = f"async with f(\n    a.b,\n):  {ignore}\n    a.b\n"
    assert silenced(head, finding(2))
    assert not silenced(head, finding(4))


def test_own_comments_have_room_after_strings_and_backslashes() -> None:
    assert silenced('x = f(\n  """a {b.c}\n  b""",  # asyncsa: ignore\n  1)\n', finding(2))
    assert silenced("x = f(\n  a.b + \\\n  c,  # asyncsa: ignore\n  1)\n", finding(2))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# asyncsa: ignore\na\nb\n", {2}),
        ("a\n# asyncsa: ignore\n\n# why\nb(\n  c\n)\nd\n", {5, 6, 7}),
        ("# asyncsa: ignore\n@a\n@b(\n  c)\nasync def f(\n    x):\n    y\n", {2, 3, 4, 5, 6}),
        ("# asyncsa: ignore\nif a:\n    b\nelse:\n    c\n", {2}),
        ("f(\n    # asyncsa: ignore\n    a,\n    b,\n)\n", {3}),
        ("class A:\n\tdef f(self):\n\t\t# asyncsa: ignore\n\t\ta\n\t\tb\n", {4}),
    ],
)
def test_own_comment_on_its_own_line_reaches_the_statement_below(text: str, lines: set[int]) -> None:
    assert reached(text) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a\n# asyncsa: disable\nb\n# asyncsa: enable\nc\n", {3}),
        ("a\n# asyncsa: disable\nb\nc\n", {3, 4}),
        ("def f():\n    a\n    # asyncsa: disable\n    if b:\n        c\n    d\ne\n", {4, 5, 6}),
        ("def f():\n    # asyncsa: disable\n    a\n\n# b\ndef g():\n    c\n", {3}),
        ("class A:\n\t# asyncsa: disable\n\ta\n\tdef f():\n\t\tb\nc\n", {3, 4, 5}),
        ("a\ndef f(\n    x,\n):  # asyncsa: disable\n    a\n    b\nc\n", {2, 3, 4, 5, 6}),
        ("if a:  # asyncsa: disable\n    b\nelse:\n    c\n", {1, 2}),
        ("a\nb(  # asyncsa: disable\n  c,\n)\nd\n", {2, 3, 4}),
        ("f(\n    a,\n    # asyncsa: disable\n    b,\n    c,\n)\nd\n", {4, 5, 6}),
        ("# asyncsa: disable\nif a:\n    # asyncsa: enable\n    b\nc\n", {2, 5}),
        ("# asyncsa: disable[ASA5, ASA6]\na\n# asyncsa: enable[ASA6]\nb\n", {2, 4}),
        ("# asyncsa: disable[ASA5]\na\n# asyncsa: enable[ASA501]\nb\n", {2}),
        ("# asyncsa: disable[ASA6]\na\n# asyncsa: enable\nb\n", set()),
        ('# asyncsa: disable\nx = """\n# asyncsa: enable\n"""\na\n', {2, 4, 5}),
    ],
)
def test_blocks(text: str, lines: set[int]) -> None:
    assert reached(text) == lines


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("# asyncsa: enable\n", "unused"),
        ("# asyncsa: disable[ASA5]\nx = 1\n# asyncsa: enable[ASA6]\n", "unused"),
        ("def f():\n    # asyncsa: disable\n    x = 1\ny = 2\n# asyncsa: enable\n", "unused"),
        ("# asyncsa: disable[ASA5]\nx = 1\n# asyncsa: enable[lazy-attribute-access]\n", "unused"),
        ("# asyncsa: disable[ASA5]\nx = 1\n# asyncsa: enable[ASA501]\n", ""),
        ("# asyncsa: disable\nx = 1\n# asyncsa: enable[lazy-attribute-access]\n", ""),
    ],
)
def test_enable_that_ends_nothing_is_unused(text: str, what: str) -> None:
    enables = [each for each in stale(text) if each.suppression.verb is Verb.ENABLE]
    assert bool(enables) is bool(what)


@pytest.mark.parametrize(
    "comment",
    ["# asyncsa: ignored", "# asyncsa: file-ignore[ASA5]", "# asyncsa: ignore[ASA5", "# asyncsa: ignore[]"],
)
def test_what_is_not_understood_silences_nothing(comment: str) -> None:
    assert not silenced(f"x = 1  {comment}\n", finding(1))


def test_prose_is_no_suppression() -> None:
    assert parse([(1, 0, "# asyncsa: reports this since 2.0"), (2, 0, "# asyncsa-lint: ignore")]) == ()


def test_file_comments_reach_everything() -> None:
    assert silenced("x = 1\ny = 2\n# asyncsa: ignore-file\n", finding(1))


def test_comments_of_a_host_silence_nothing_there_but_are_in_use() -> None:
    assert not silenced("x = 1  # noqa: ASA501\n", finding(1), frozenset({Kind.OWN}))
    assert silenced("x = 1  # asyncsa: ignore\n", finding(1), frozenset({Kind.OWN}))
    assert stale("x = 1  # noqa: ASA501\n", finding(1)) == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x = 1  # asyncsa: ignore\n", [()]),
        ("x = 1  # asyncsa: ignore[ASA501]\n", [("ASA501",)]),
        ("x = 1  # asyncsa: ignore[ASA501, ASA601]\n", [("ASA501", "ASA601")]),
        ("x = 1  # asyncsa: ignore-file[ASA6]\n", [("ASA6",)]),
        ("x = 1  # noqa: ASA501, E501\n", [("ASA501",)]),
        ("x = 1  # noqa: E501\n", []),
        ("x = 1  # noqa\n", []),
    ],
)
def test_stale(text: str, names: list[tuple[str, ...]]) -> None:
    assert [each.names for each in stale(text)] == names


def test_partly_stale() -> None:
    (found,) = stale("x = 1  # asyncsa: ignore[ASA501, ASA601]\n", finding(1, code="ASA601"))
    assert found.names == ("ASA501",)


HANDLER = '@app.on_event("startup")'


def project(folder: Path, comment: str) -> Path:
    """The project with a comment on the line of the event handler."""
    return write(folder, {**PROJECT, "app/main.py": MAIN.replace(HANDLER, f"{HANDLER}  {comment}")})


@pytest.mark.parametrize("comment", ["# noqa: ASA401", "# asyncsa: ignore[on-event-handler] until 2.0"])
def test_command_line_obeys(tmp_path: Path, comment: str) -> None:
    done = lint("app/main.py", folder=project(tmp_path, comment))
    assert (done.returncode, done.stdout) == (0, "No findings in 1 file (1 suppressed).\n")


def test_unused_and_unknown_are_reported(tmp_path: Path) -> None:
    project(tmp_path, "# asyncsa: ignore[on-event-handler, ASA5]")
    write(
        tmp_path,
        {
            "app/service.py": "x = 1  # asyncsa: ignore\ny = 2  # asyncsa: ignore[on-even-handler]\n",
            "app/loads.py": "x = 1  # noqa: ASA601\ny = 2  # noqa: ASA599\n",
        },
    )
    found = findings("--select", "ASA", folder=tmp_path)
    assert places(found) == [
        ("app/loads.py", 1, "ASA002"),
        ("app/loads.py", 2, "ASA004"),
        ("app/main.py", 6, "ASA002"),
        ("app/service.py", 1, "ASA002"),
        ("app/service.py", 2, "ASA004"),
    ]
    assert found[2]["message"] == (
        "unused suppression `asyncsa: ignore[on-event-handler, ASA5]`: no finding of `ASA5` here"
    )
    assert "did you mean `on-event-handler`?" in found[4]["message"]


def test_suppression_of_a_rule_outside_the_profile_is_in_use(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app.py": "from sqlalchemy.ext.asyncio import async_scoped_session, async_sessionmaker\n"
            "factory = async_sessionmaker()\n"
            "registry = async_scoped_session(factory, scopefunc=id)  # asyncsa: ignore[ASA206] legacy\n"
        },
    )
    assert findings(folder=tmp_path) == []


def test_planned_rules_may_be_suppressed(tmp_path: Path) -> None:
    assert findings(folder=write(tmp_path, {"app.py": "x = 1  # asyncsa: ignore[ASA301] soon\n"})) == []


def test_reasons_are_demanded_where_the_project_asks_for_them(tmp_path: Path) -> None:
    project(tmp_path, "# asyncsa: ignore[ASA401]")
    assert places(findings("--extend-select", "ASA003", "app/main.py", folder=tmp_path)) == [
        ("app/main.py", 6, "ASA003")
    ]


def test_nothing_is_unused_where_the_analysis_failed(tmp_path: Path) -> None:
    path = str(write(tmp_path, {"app.py": "x = 1  # asyncsa: ignore[ASA5] why\n"}) / "app.py")
    crash = INTERNAL_ERROR.finding(Span(path, 1, 0, 1, 0), "internal error")
    codes = [
        [each.code for each in silence(Project([path], str(tmp_path)), path, found, BOTH).findings]
        for found in ((), (crash,))
    ]
    assert codes == [["ASA002"], ["ASA009"]]


def test_noqa_needs_a_reason_as_well(tmp_path: Path) -> None:
    project(tmp_path, "# noqa: ASA401")
    assert places(findings("--extend-select", "ASA003", "app/main.py", folder=tmp_path)) == [
        ("app/main.py", 6, "ASA003")
    ]
    project(tmp_path, "# noqa: ASA401 until 2.0")
    assert findings("--extend-select", "ASA003", "app/main.py", folder=tmp_path) == []


def test_comments_that_are_wrong_are_explained(tmp_path: Path) -> None:
    lines = (
        "x = 1  # asyncsa: file-ignore[ASA5]",
        "# asyncsa: disable[ASA5] why",
        "y = 2",
        "# asyncsa: enable[ASA6]",
        "z = 3  # asyncsa: ignore[ASA5, unused-suppression] on purpose",
    )
    found = findings(folder=write(tmp_path, {"app.py": "\n".join((*lines, ""))}))
    assert [(each["line"], each["message"]) for each in found] == [
        (
            1,
            "suppression `asyncsa: file-ignore[ASA5]` is not understood; allowed are `ignore`, `ignore-file`,"
            " `disable`, `enable`, with rules in brackets",
        ),
        (2, "unused suppression `asyncsa: disable[ASA5] why`: no finding of `ASA5` here"),
        (4, "unused suppression `asyncsa: enable[ASA6]`: nothing of it is disabled here"),
    ]


@pytest.mark.parametrize(
    "said", ["=ASA5", "=asa501 old", ": ASA501", " ASA501", "(ASA6)", " on-event-handler: old"]
)
def test_a_rule_without_brackets_is_not_taken_for_a_reason(tmp_path: Path, said: str) -> None:
    project(tmp_path, f"# asyncsa: ignore{said}")
    found = findings("app/main.py", folder=tmp_path)
    assert places(found) == [("app/main.py", 6, "ASA401"), ("app/main.py", 6, "ASA004")]
    assert "is not understood" in str(found[1]["message"])


@pytest.mark.parametrize("said", ["", " ASAP", ": the re-export of ASA501", " (until 2.0)", " re-exported"])
def test_any_other_words_are_a_reason(tmp_path: Path, said: str) -> None:
    project(tmp_path, f"# asyncsa: ignore{said}")
    assert findings("app/main.py", folder=tmp_path) == []


REPORTED = """\
import os

from sqlalchemy.ext.asyncio import AsyncSession

from app.repository import OrderRepository


async def count_items(session: AsyncSession, order_id: int) -> int:
    order = await OrderRepository(session).get(order_id)
    {before}
    return len(  order.items  ){after}
"""
COMMENTS = {
    "after": (
        "pass",
        "  # asyncsa: ignore[lazy-attribute-access] the listener of the model loads what is read here",
    ),
    "before": ("# asyncsa: ignore[ASA501] loaded by the listener", ""),
    "block": ("# asyncsa: disable[ASA5] loaded by the listener", "\n    # asyncsa: enable[ASA5]"),
    "noqa": ("pass", "  # noqa: ASA501 loaded by the listener"),
}


def black(path: Path) -> None:
    assert run("black", "-q", path.name, folder=path.parent).returncode == 0


def ruff_format(path: Path) -> None:
    assert run("ruff", "format", "--isolated", path.name, folder=path.parent).returncode == 0


def ruff_fix(path: Path, *options: str) -> None:
    selected = ("--isolated", "--select", "ALL", "--fix", "--unsafe-fixes", "--exit-zero", "--quiet")
    assert run("ruff", "check", *selected, *options, path.name, folder=path.parent).returncode == 0


def ruff_fix_with_external(path: Path) -> None:
    ruff_fix(path, "--config", 'lint.external = ["ASA"]')


@pytest.mark.parametrize("tool", [black, ruff_format, ruff_fix_with_external])
@pytest.mark.parametrize("place", COMMENTS)
def test_formatters_and_fixers_leave_comments_in_force(
    tmp_path: Path, place: str, tool: Callable[[Path], None]
) -> None:
    before, after = COMMENTS[place]
    write(tmp_path, {**PROJECT, "app/service.py": REPORTED.format(before=before, after=after)})
    path = tmp_path / "app" / "service.py"
    text = path.read_text()
    tool(path)
    assert path.read_text() != text
    result = pipeline_lint([str(path)], Config(extend_select=("ASA00",)), root=str(tmp_path))
    assert ([each.code for each in result.findings], len(result.suppressed)) == ([], 1)


def test_ruff_deletes_noqa_of_ours_unless_told_that_it_is_external(tmp_path: Path) -> None:
    before, after = COMMENTS["noqa"]
    path = write(tmp_path, {"app.py": REPORTED.format(before=before, after=after)}) / "app.py"
    ruff_fix(path)
    assert "noqa" not in path.read_text()


def test_ruff_leaves_own_comments_alone_without_being_told(tmp_path: Path) -> None:
    before, after = COMMENTS["block"]
    path = write(tmp_path, {"app.py": REPORTED.format(before=before, after=after)}) / "app.py"
    ruff_fix(path)
    assert path.read_text().count("# asyncsa:") == 2
