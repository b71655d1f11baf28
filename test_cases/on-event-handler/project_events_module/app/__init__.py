"""App, router and handlers in different files."""
