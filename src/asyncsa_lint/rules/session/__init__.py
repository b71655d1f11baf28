"""How long a session lives and who holds it (ASA2xx)."""
