"""Run-time proofs of the fixtures: harness, driver and a throw-away PostgreSQL."""
