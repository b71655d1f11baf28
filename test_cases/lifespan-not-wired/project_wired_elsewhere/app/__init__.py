"""Lifespans in their own modules, combined and passed in others; a mounted app without one."""
