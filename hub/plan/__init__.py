"""Plans (kế hoạch): targets, annex rows, duties, what agencies declare about them, exclusions, decided lists.

A plan is data: `data/*.toml` is read by `load.py` into the tables of `models.py`, so that the next plan needs no code.
`queries.py` reads it, `rules.py` holds due dates and the law of exclusions. May import what lies below: search,
requests, transfers, digitization, storage, records, access, agencies, audit, kit. Start with `data/plan_67.toml`.
"""
