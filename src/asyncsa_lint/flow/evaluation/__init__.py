"""Walking statements and expressions in the order in which Python evaluates them."""
