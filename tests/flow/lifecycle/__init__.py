"""Tests of the lifecycle checks."""
