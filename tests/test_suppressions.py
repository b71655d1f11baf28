"""Comments that silence findings: which are understood, what they reach, what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncsa_lint.findings import Confidence, Finding, Severity, Span
from asyncsa_lint.source import read
from asyncsa_lint.suppressions import Kind, Stale, apply, noqa_lines, parse
from tests.sandbox import MAIN, PROJECT, findings, lint, places, write

BOTH = frozenset(Kind)


def finding(line: int, end_line: int | None = None, code: str = "ASA501") -> Finding:
    """A finding on some lines."""
    rules = {"ASA501": "lazy-attribute-access", "ASA601": "session-shared-across-tasks"}
    span = Span("/a.py", line, 0, end_line or line, 9)
    return Finding(code, rules[code], Severity.ERROR, Confidence.HIGH, "m", span)


def silenced(text: str, found: Finding, kinds: frozenset[Kind] = BOTH) -> bool:
    """Whether the comments of a source text silence a finding."""
    source = read("/a.py", text.encode())
    outcome = apply(parse(source.comments()), [found], noqa_lines(source.lines), kinds)
    hidden = found in [each.finding for each in outcome.silenced]
    assert hidden is not (found in outcome.remaining)
    return hidden


def stale(text: str, *found: Finding) -> tuple[Stale, ...]:
    """Suppressions of a text that do nothing."""
    source = read("/a.py", text.encode())
    return apply(parse(source.comments()), found, noqa_lines(source.lines), BOTH).stale


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
        ("x = 1  # asyncsa: ignore[ASA002]\n", []),
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
