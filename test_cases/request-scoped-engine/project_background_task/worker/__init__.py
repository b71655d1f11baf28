"""A background task in another module builds its own engine per run."""
