"""What SQLAlchemy does: statements, loader options, sessions, and the life of an instance."""
