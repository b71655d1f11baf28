"""Repairs: what a finding's fix does to the text of files, and whether it has helped.

`planning` turns the fix of a finding into a `Change` (edits and imports), `composing` puts
changes that do not touch each other into the files, `repairing` lints the result and
drops what did not help; `proposing` gives what one finding's repair changes as edits. Edits
that move code need its concrete syntax: these use LibCST, which the extra `fix` installs; all
others work without it.
"""
