"""`python -m asyncsa_lint`."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # Python puts the working directory first, and that is where the analysed code lies: a file
    # named like a module that we need must not be run in its place.
    sys.path[:] = [entry for entry in sys.path if entry not in ("", os.getcwd())]

    from asyncsa_lint.frontends.entry import main

    sys.exit(main())
