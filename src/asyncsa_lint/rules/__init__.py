"""One rule, one file: `<topic>/<rule_name>.py`. `registry` finds and runs them."""
