"""Programs that a timer starts."""
