"""Runs the example projects: every bug of `shop` happens, none of them in `shop_fixed`.

`python -m examples.demo` from the root of the repository runs both and prints what it saw.
"""
