"""The ground: every change of the database, in order. `env.py` runs them politely, `versions/` holds them."""
