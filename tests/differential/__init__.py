"""Generated programs, executed on SQLAlchemy and analysed: both must agree read by read.

`schemas` and `programs` write them, `execution` runs them, `analysis` asks the linter,
`comparison` holds the two against each other, `minimising` makes a disagreement small.
`cases/` keeps every disagreement that was met, as the smallest program that shows it.
"""
