"""Engine module and lifespan in different files; the lifespan disposes nothing."""
