"""Scaffold a rule: its file, its test cases, its code, its changelog fragment.

    python -m tasks.new_rule expired-attribute-read --series 2 --on AttributeRead

A name of the catalogue gets the code that is reserved for it, any other name the next free
code of the series. The rule starts in preview.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from asyncsa_lint import __version__
from asyncsa_lint.flow import events
from asyncsa_lint.pipeline.planned import PLANNED_RULES

ROOT = Path(__file__).parent.parent
CODES = "tests/rules/codes.txt"
TOPICS = {
    1: "engine",
    2: "session",
    3: "transactions",
    4: "lifespan",
    5: "implicit_io",
    6: "tasks",
    7: "legacy",
    8: "pooling",
    9: "testing",
}

_RULE = '''\
"""{code}."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsa_lint.findings import Severity
from asyncsa_lint.flow.events import {event}
from asyncsa_lint.rules.registry import Report, report, rule


@rule(
    {event},
    code="{code}",
    severity=Severity.ERROR,
    since="{since}",
    message="{words} in `{{symbol}}`",
    preview=True,
)
def {function}(event: {event}) -> Iterator[Report]:
    """{sentence}.

    ## What it does
    Which events are the defect, and what has to be shown for that.

    ## Why is this bad?
    What happens at run time, observed, with the page of the manual.

    ## Example
    ```python
    raise NotImplementedError  # error: [{name}]
    ```

    ## Use instead
    ```python
    print("the smallest module that is right")
    ```

    ## Limits
    Where the rule stays silent.
    """
    yield report(event, symbol=event.symbol)
'''


class ScaffoldError(Exception):
    """The rule can not be scaffolded; the message says why."""


def code_of(name: str, series: int, listed: Mapping[str, str]) -> str:
    """The code reserved for the name, or the next of the series that nobody ever had."""
    for code, planned in PLANNED_RULES.items():
        if planned == name:
            if not code.startswith(f"ASA{series}"):
                raise ScaffoldError(f"`{name}` is planned as {code}, not in series {series}")
            return code
    for number in range(1, 100):
        code = f"ASA{series}{number:02}"
        if code not in listed and code not in PLANNED_RULES:
            return code
    raise ScaffoldError(f"series {series} is full")


def listed_codes(root: Path) -> dict[str, str]:
    """Code -> rule name of all codes ever given, retired ones included."""
    lines = (root / CODES).read_text(encoding="utf-8").splitlines()
    return {line.split()[0]: line.split()[1] for line in lines if not line.startswith("#")}


def list_code(root: Path, code: str, name: str) -> None:
    """Insert the code into the list of all codes, below the comment that heads it."""
    head, *rows = (root / CODES).read_text(encoding="utf-8").splitlines()
    lines = [head, *sorted([*rows, f"{code} {name}"]), ""]
    (root / CODES).write_text("\n".join(lines), encoding="utf-8", newline="\n")


def files_of(name: str, code: str, topic: str, event: str) -> dict[str, str]:
    """Path below the root -> text of each new file."""
    words = name.replace("-", " ")
    function = name.replace("-", "_")
    text = _RULE.format(
        code=code,
        name=name,
        function=function,
        event=event,
        since=__version__,
        words=words,
        sentence=words.capitalize(),
    )
    positive = f'"""{words.capitalize()}: each function opens with the way it goes wrong."""\n'
    negative = f'"""No {words}: each function opens with the reason it is fine."""\n'
    return {
        f"src/asyncsa_lint/rules/{topic}/{function}.py": text,
        f"test_cases/{name}/positive_basic.py": positive,
        f"test_cases/{name}/negative_basic.py": negative,
        f"changelog.d/+{name}.new-rule.md": f"`{name}` ({code}, preview): {words}.\n",
    }


def check_request(name: str, event: str, listed: Mapping[str, str]) -> None:
    """Refuse names that say what to do, names that were used, and events that do not exist."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", name):
        raise ScaffoldError(f"`{name}` is no rule name: lower-case words joined by dashes")
    if re.match(r"(no|avoid|use|prefer)-", name):
        raise ScaffoldError(f"`{name}` gives advice; a rule name states the defect")
    if name in listed.values():
        raise ScaffoldError(f"`{name}` is or was a rule already")
    found = getattr(events, event, None)
    if not (isinstance(found, type) and issubclass(found, events.Event)):
        raise ScaffoldError(f"`{event}` is no event of asyncsa_lint.flow.events")


def scaffold(root: Path, name: str, series: int, event: str, topic: str) -> list[str]:
    """Write the files and list the code; answers the paths of what is new."""
    listed = listed_codes(root)
    check_request(name, event, listed)
    code = code_of(name, series, listed)
    files = files_of(name, code, topic, event)
    marker = f"src/asyncsa_lint/rules/{topic}/__init__.py"
    if not (root / marker).exists():
        files[marker] = f'"""Rules of the topic {topic} (ASA{series}xx)."""\n'
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="\n")
    list_code(root, code, name)
    return [*files, CODES]


def main(arguments: list[str] | None = None) -> int:
    """Scaffold and say what to do next."""
    parser = argparse.ArgumentParser(prog="python -m tasks.new_rule", description=__doc__.partition("\n")[0])
    parser.add_argument("name", help="states the defect, e.g. expired-attribute-read")
    parser.add_argument(
        "--series", type=int, choices=sorted(TOPICS), required=True, help="first digit of the code"
    )
    parser.add_argument("--on", metavar="EVENT", required=True, help="class in asyncsa_lint.flow.events")
    parser.add_argument("--topic", help="folder below rules/; default: that of the series")
    options = parser.parse_args(arguments)
    topic = options.topic or TOPICS[options.series]
    try:
        new = scaffold(ROOT, options.name, options.series, options.on, topic)
    except ScaffoldError as error:
        parser.error(str(error))
    print("\n".join(new))
    print(
        dedent(
            """
            Next: the negative cases, then the positive ones, then docstring and body.
            A rule of the catalogue loses its row in pipeline/planned.py.
            `python -m tasks.docs` renders its page.
            """
        ).strip()
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
