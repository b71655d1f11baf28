"""What earlier runs have found out, kept as plain data and believed only after asking again.

`database` stores checked values by key; `kept` keeps facts by the content of their file and
results by the questions they rest on (`project.recording`); `replay` keeps the whole output of
a run. Whatever can not be read is as if it were not there.
"""
