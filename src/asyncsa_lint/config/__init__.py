"""The configuration: what can be set (`settings`, `kinds`), and how it is read (`reading`).

Whether a selector names a rule is not known here (rules live further down the import
graph): `pipeline.selection` checks that.
"""

from asyncsa_lint.config.kinds import nearest
from asyncsa_lint.config.reading import (
    OWN_FILE,
    PYPROJECT,
    SECTION,
    ConfigError,
    Settings,
    load,
    parse,
    read_section,
)
from asyncsa_lint.config.settings import (
    FAIL_ON,
    KEYS,
    PHASES,
    PLANNED_SETTINGS,
    PROFILES,
    SETTINGS,
    Config,
    Reach,
    key_of,
)

__all__ = [
    "FAIL_ON",
    "KEYS",
    "OWN_FILE",
    "PHASES",
    "PLANNED_SETTINGS",
    "PROFILES",
    "PYPROJECT",
    "SECTION",
    "SETTINGS",
    "Config",
    "ConfigError",
    "Reach",
    "Settings",
    "key_of",
    "load",
    "nearest",
    "parse",
    "read_section",
]
