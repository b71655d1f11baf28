"""Settings: which are understood, and what is said about those that are not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from asyncsa_lint.config import KEYS, Config, ConfigError, Settings, load, parse
from asyncsa_lint.findings import Confidence, Finding, Severity, Span
from asyncsa_lint.pipeline.planned import PLANNED_RULES
from asyncsa_lint.pipeline.selection import PHASE_RULES, complaint, fails, notes, selected_codes, validate
from asyncsa_lint.rules.registry import all_rules
from tests.sandbox import write


def test_every_kind_of_setting_is_read() -> None:
    config = parse(
        {
            "profile": "strict",
            "select": ["ASA5"],
            "phase": 2,
            "fastapi-version": "0.115.2",
            "target-version": "py312",
            "allow-async-scoped-session": True,
            "src": ["backend"],
            "per-file-ignores": {"tests/*": ["ASA5", "unmanaged-session"]},
        },
        "pyproject.toml",
    )
    assert config == Config(
        profile="strict",
        select=("ASA5",),
        phase=2,
        fastapi_version="0.115.2",
        target_version="py312",
        allow_async_scoped_session=True,
        src=("backend",),
        per_file_ignores=(("tests/*", ("ASA5", "unmanaged-session")),),
    )


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"profil": "all"}, ["unknown key `profil`", "did you mean `profile`?", "allowed are", *KEYS]),
        ({"extend_select": []}, ["unknown key `extend_select`", "did you mean `extend-select`?"]),
        ({"profile": "everything"}, ["`profile` must be one of bugs, strict, all, not `everything`"]),
        ({"profile": True}, ["`profile` must be one of bugs, strict, all, not True"]),
        ({"fail-on": "warnings"}, ["error, warning, advice, never", "did you mean `warning`?"]),
        ({"phase": 6}, ["`phase` must be a whole number, 0 to 5, not 6"]),
        ({"phase": True}, ["`phase` must be a whole number, 0 to 5, not True"]),
        ({"phase": 1.5}, ["`phase` must be a whole number"]),
        (
            {"select": "ASA5"},
            ["`select` must be a list of strings (rule names and code prefixes), not 'ASA5'"],
        ),
        ({"select": ["ASA5", 7]}, ["`select` must be a list of strings"]),
        ({"exclude": [""]}, ["`exclude` must be a list of strings (path patterns), not ['']"]),
        ({"exclude": ["!"]}, ["`exclude` must be a list of path patterns, not `!`"]),
        ({"allow-async-scoped-session": "yes"}, ["must be true or false, not 'yes'"]),
        ({"fastapi-version": ">=0.115"}, ["`fastapi-version` must be a version", "`>=0.115`"]),
        ({"target-version": "3.x"}, ["`target-version` must be a version of Python", '"py312"']),
        ({"loaders": ["load"]}, ["`loaders` must be a list of qualified names", "app.db.get_session"]),
        ({"per-file-ignores": ["a.py"]}, ["`per-file-ignores` must be a table of path patterns"]),
        (
            {"per-file-ignores": {"a.py": "ASA5"}},
            ["`a.py` must be a list of strings (rule names and code prefixes), not 'ASA5'"],
        ),
        ({"engine-ownership": "modul"}, ["lifespan, module", "did you mean `module`?"]),
        ({"connection-budget": {"worker": 2}}, ["not `worker`", "did you mean `workers`?"]),
        ({"connection-budget": {"workers": "2"}}, ["`workers` must be a whole number, 0 or more"]),
    ],
)
def test_complaints_say_what_is_allowed(section: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(section, "pyproject.toml")
    message = str(caught.value)
    assert message.startswith("pyproject.toml: ")
    assert "\n" not in message
    assert all(word in message for word in words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[tool.asyncsa-lint\n", "is not valid TOML"),
        (b'[tool]\nasyncsa-lint = "bugs"\n', "`tool.asyncsa-lint` must be a table"),
        (b'[tool.asyncsa-lint]\nprofile = "\xff"\n', "is not valid TOML"),
        (b"x = " + b"[" * 5000, "is not valid TOML"),
    ],
)
def test_files_that_are_not_configuration(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=words) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_file_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can not be read"):
        load(tmp_path / "missing.toml")


def test_file_without_our_table(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.ruff]\n", encoding="utf-8")
    assert load(path).config == Config()


class TestOwnFile:
    def test_keys_stand_at_the_top_level(self, tmp_path: Path) -> None:
        write(tmp_path, {"asyncsa-lint.toml": 'profile = "all"\nper-file-ignores = { "a.py" = ["ASA5"] }\n'})
        settings = load(tmp_path / "asyncsa-lint.toml")
        assert settings.config == Config(profile="all", per_file_ignores=(("a.py", ("ASA5",)),))
        assert settings.origins["profile"] == f"{tmp_path}/asyncsa-lint.toml"

    def test_section_is_a_complaint(self, tmp_path: Path) -> None:
        write(tmp_path, {"asyncsa-lint.toml": '[tool.asyncsa-lint]\nprofile = "all"\n'})
        with pytest.raises(ConfigError, match="keys stand at the top level here"):
            load(tmp_path / "asyncsa-lint.toml")


class TestExtend:
    def files(self, folder: Path) -> Settings:
        base = 'profile = "strict"\nignore = ["ASA4"]\nroot = true\nsettings-modules = ["conf"]\n'
        write(folder, {"base/shared.toml": base})
        write(folder, {"asyncsa-lint.toml": 'extend = "base/shared.toml"\nignore = ["ASA5"]\n'})
        own = '[tool.asyncsa-lint]\nextend = "../asyncsa-lint.toml"\nphase = 1\n'
        write(folder, {"api/pyproject.toml": own})
        return load(folder / "api" / "pyproject.toml")

    def test_keys_replace_keys(self, tmp_path: Path) -> None:
        settings = self.files(tmp_path)
        config = settings.config
        assert (config.profile, config.ignore, config.phase) == ("strict", ("ASA5",), 1)
        assert settings.planned == {"settings-modules": f"{tmp_path}/base/shared.toml"}

    def test_what_concerns_the_file_itself_is_not_passed_on(self, tmp_path: Path) -> None:
        assert not self.files(tmp_path).config.root

    def test_files_that_were_read(self, tmp_path: Path) -> None:
        files = self.files(tmp_path).files
        assert [os.path.relpath(path, tmp_path) for path in files] == [
            "api/pyproject.toml",
            "asyncsa-lint.toml",
            "base/shared.toml",
        ]

    def test_origins(self, tmp_path: Path) -> None:
        origins = {
            name: os.path.relpath(path, tmp_path) for name, path in self.files(tmp_path).origins.items()
        }
        assert origins == {
            "profile": "base/shared.toml",
            "ignore": "asyncsa-lint.toml",
            "extend": "api/pyproject.toml",
            "phase": "api/pyproject.toml",
        }

    def test_paths_are_relative_to_the_file_that_says_them(self, tmp_path: Path) -> None:
        write(tmp_path, {"asyncsa-lint.toml": 'exclude = ["x/"]\nsrc = ["y"]\n'})
        write(
            tmp_path, {"elsewhere/shared.toml": 'critical-paths = ["z/"]\nextend = "../asyncsa-lint.toml"\n'}
        )
        write(tmp_path, {"api/asyncsa-lint.toml": 'extend = "../elsewhere/shared.toml"\nignore = []\n'})
        settings = load(tmp_path / "api" / "asyncsa-lint.toml")
        assert settings.folder("exclude", "/root") == str(tmp_path)
        assert settings.folder("critical_paths", "/root") == f"{tmp_path}/api"
        assert settings.folder("per_file_ignores", "/root") == "/root"

    @pytest.mark.parametrize(
        ("files", "words"),
        [
            (
                {"a.toml": 'extend = "b.toml"\n'},
                "`extend` must be the path of a configuration file, not `b.toml`",
            ),
            ({"a.toml": 'extend = "a.toml"\n'}, "leads from .*a.toml back"),
            ({"a.toml": 'extend = "b.toml"\n', "b.toml": 'extend = "a.toml"\n'}, "b.toml: `extend` leads"),
            ({"a.toml": 'extend = "b.toml"\n', "b.toml": "phase = 9\n"}, "b.toml: `phase` must be"),
            (
                {"a.toml": 'extend = "pyproject.toml"\n', "pyproject.toml": ""},
                r"has no \[tool.asyncsa-lint\] table",
            ),
        ],
    )
    def test_complaints(self, tmp_path: Path, files: dict[str, str], words: str) -> None:
        write(tmp_path, files)
        with pytest.raises(ConfigError, match=words):
            load(tmp_path / "a.toml")


def codes(**settings: Any) -> frozenset[str]:
    """Codes of the real catalogue that a configuration selects, without the tool's own."""
    selected = selected_codes(Config(**settings), all_rules())
    return frozenset(code for code in selected if not code.startswith("ASA0"))


def test_profiles_hold_each_other() -> None:
    assert codes() < codes(profile="strict") <= codes(profile="all")
    assert {each.code for each in all_rules() if each.severity is Severity.ERROR and not each.preview} | {
        "ASA401"
    } == codes()


@pytest.mark.parametrize(
    ("settings", "selected"),
    [
        ({"select": ("ASA401",)}, {"ASA401"}),
        ({"select": ("ASA40",), "ignore": ("ASA402", "lifespan-not-wired")}, {"ASA401", "ASA403"}),
        ({"select": ("ASA401",), "ignore": ("ASA",)}, {"ASA401"}),
        ({"select": ("ASA401",), "ignore": ("on-event-handler",)}, set()),
        ({"select": ("on-event-handler",), "ignore": ("ASA4",)}, {"ASA401"}),
        ({"select": ("ASA401",), "phase": 5}, {"ASA401"}),
        ({"select": (), "phase": 5}, set()),
        ({"select": (), "extend_select": ("ASA401",)}, {"ASA401"}),
    ],
)
def test_the_most_specific_selector_decides(settings: dict[str, Any], selected: set[str]) -> None:
    assert codes(**settings) == selected


class TestPhases:
    GUARD = frozenset({"ASA201", "ASA601", "ASA206", "ASA104", "ASA406", "ASA609", "ASA610"})
    ADDED = (
        (),
        ("ASA1", "ASA203", "ASA207", "ASA208", "ASA4", "ASA801", "ASA802", "ASA803", "ASA804"),
        ("ASA202", "ASA204", "ASA205", "ASA209", "ASA210", "ASA5"),
        ("ASA3", "ASA602", "ASA603"),
        ("ASA7",),
        ("ASA",),
    )

    @pytest.mark.parametrize("phase", range(6))
    def test_each_holds_those_before_it(self, phase: int) -> None:
        stable = {rule.code for rule in all_rules() if not rule.preview}
        prefixes = tuple(prefix for added in self.ADDED[: phase + 1] for prefix in added)
        assert codes(phase=phase) == {c for c in stable if c in self.GUARD or c.startswith(prefixes)}

    def test_every_entry_means_a_rule_of_the_catalogue(self) -> None:
        known = {*PLANNED_RULES, *(rule.code for rule in all_rules())}
        assert all(any(code.startswith(entry) for code in known) for added in PHASE_RULES for entry in added)

    def test_selectors_change_it(self) -> None:
        assert codes(phase=0, extend_select=("ASA501",), ignore=("ASA6",)) >= {"ASA501", "ASA201"}
        assert "ASA601" not in codes(phase=0, ignore=("ASA601",))

    def test_rules_that_are_not_built_yet_are_told(self) -> None:
        (note,) = notes(Settings(Config(phase=5)))
        assert note == f"phase 5: planned, not built yet: {', '.join(PLANNED_RULES)}"
        assert list(notes(Settings(Config(phase=0, select=("ASA5",))))) == []


def test_tool_codes() -> None:
    assert {"ASA001", "ASA002", "ASA004", "ASA009"} <= selected_codes(Config(), all_rules())
    assert "ASA003" not in selected_codes(Config(profile="all", select=("ASA",)), all_rules())
    assert "ASA003" in selected_codes(Config(extend_select=("ASA003",)), all_rules())
    ignored = selected_codes(Config(ignore=("ASA0",)), all_rules())
    assert {"ASA001", "ASA009"} <= ignored
    assert "ASA002" not in ignored


@pytest.mark.parametrize("selector", ["ASA", "ASA5", "ASA501", "asa501", "lazy-attribute-access", "ASA002"])
def test_known_selectors(selector: str) -> None:
    assert complaint(selector) == ""


class TestPlanned:
    @pytest.mark.parametrize(
        ("selector", "words"),
        [
            ("ASA301", "`ASA301` (uncommitted-writes) is planned, not built yet"),
            ("asa301", "`asa301` (uncommitted-writes) is planned, not built yet"),
            ("ASA3", "`ASA3` is planned, not built yet"),
            ("uncommitted-writes", "`uncommitted-writes` is planned, not built yet"),
        ],
    )
    def test_rules(self, selector: str, words: str) -> None:
        for config in (Config(ignore=(selector,)), Config(per_file_ignores=(("a.py", (selector,)),))):
            validate(config, "pyproject.toml")
            (note,) = notes(Settings(config))
            assert note.endswith(words)

    def test_settings(self, tmp_path: Path) -> None:
        write(tmp_path, {"asyncsa-lint.toml": 'engine-ownership = "module"\nhealth-paths = ["/ready"]\n'})
        assert list(notes(load(tmp_path / "asyncsa-lint.toml"))) == [
            "`engine-ownership` has no effect yet: it is for ASA102 (planned, not built yet)",
            "`health-paths` has no effect yet: it is for ASA807 (planned, not built yet)",
        ]

    def test_silence_about_what_works(self) -> None:
        assert list(notes(Settings(Config(select=("ASA5", "ASA", "lazy-attribute-access"))))) == []


@pytest.mark.parametrize("key", ["select", "extend-select", "ignore", "advisory"])
@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ("ASA599", "unknown rule code `ASA599`"),
        ("E501", "unknown rule `E501`"),
        ("lazy-attribute", "did you mean `lazy-attribute-access`?"),
        ("uncommited-writes", "did you mean `uncommitted-writes`?"),
    ],
)
def test_selectors_that_select_nothing(key: str, selector: str, words: str) -> None:
    assert words in complaint(selector)
    with pytest.raises(ConfigError, match=rf"pyproject\.toml: `{key}`: "):
        validate(parse({key: [selector]}, "pyproject.toml"), "pyproject.toml")


def finding(severity: Severity) -> Finding:
    span = Span("/a.py", 1, 0, 1, 1)
    return Finding("ASA501", "lazy-attribute-access", severity, Confidence.HIGH, "m", span)


def test_advisory() -> None:
    config = Config(advisory=("ASA5",))
    assert not fails(finding(Severity.ERROR), config, critical=False)
    assert fails(finding(Severity.ERROR), config, critical=True)
    assert fails(finding(Severity.ERROR), Config(advisory=("ASA6",)), critical=False)


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [("error", "e"), ("warning", "ew"), ("advice", "ewa"), ("never", "")],
)
def test_fail_on(fail_on: str, failing: str) -> None:
    config = Config(fail_on=fail_on)
    assert "".join(each[0] for each in Severity if fails(finding(each), config, critical=True)) == failing
