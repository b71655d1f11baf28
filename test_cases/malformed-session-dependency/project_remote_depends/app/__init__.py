"""The dependency stands in one file, `Depends` in others, under another name."""
