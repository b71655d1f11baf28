"""Short name of the pylint plugin: `load-plugins = asyncsa_lint.pylint`."""

from asyncsa_lint.frontends.pylint import load_configuration, register

__all__ = ["load_configuration", "register"]
