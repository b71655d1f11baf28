"""Tests of asyncsa-lint; a package so that shared helpers can be imported."""
