"""Tests leak pools too: the suite runs out of connections."""
