"""Plans (kế hoạch): targets, annex rows, duties, declared progress, exclusions, decided lists.

A plan is data: `load.py` reads `data/*.toml` into the tables of `models/`, so the next plan needs no code.
`queries.py` reads it back, `rules.py` holds due dates and where exclusions are allowed. May import what lies
below: records, access, agencies, audit, kit. Start with `data/plan_67.toml`.
"""
