"""The pages of the hub: figures, agencies, data quality, hand-over, periods, returns, reports, and signing in.

Server-rendered; the same figures and the same charts as the report. `site` is where a request arrives, `views/` has
a module for each page, `words*.toml` every text in both languages. Nothing comes from another address, and no script
runs but the form of a return's, which works without it. May import reports, hub.kpi and what lies below; never schema,
hub.app or hub.cli. Start at site.Site.
"""
