"""Engines outside the server: tests and migrations build their own."""
