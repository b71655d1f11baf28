"""The resource is an object of another file whose `close` disposes the engine."""
