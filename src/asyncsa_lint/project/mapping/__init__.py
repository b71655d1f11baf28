"""The mapped classes of a project, read from what is written."""
