"""The program `asyncsa-lint`: says its version at once, and leaves everything else to the command line."""

from __future__ import annotations

import gc
import sys

from asyncsa_lint import __version__


def main() -> int:
    """Run with the arguments of the process; the result is the exit status."""
    if sys.argv[1:] == ["--version"]:
        # Editors and scripts ask this again and again: not even the parser of arguments is loaded.
        print(f"asyncsa-lint {__version__}")
        return 0
    # The process ends soon, and hardly any cycle is made before: to look for them costs a tenth of a run.
    gc.disable()
    from asyncsa_lint.frontends import cli

    return cli.main()
