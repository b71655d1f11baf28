"""Module engines that the lifespan of another file disposes, directly and through helpers."""
