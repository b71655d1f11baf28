"""Calls: into the project through summaries, into libraries by what knowledge says of them."""
