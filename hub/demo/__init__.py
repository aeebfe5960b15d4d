"""A believable city (thành phố mẫu), the same on every machine: real agency names, invented records.

`city` agencies · `vocabulary` phrases · `holdings` records by COPY · `evidence` plan, periods, exclusions · `systems`
what agencies work with · `handovers` what they handed over · `lists` what is restricted, of high use, online ·
`offices` what agencies do and declare · `papers` what was issued · `changes` bodies that change · `people` users and
tokens · `published` reports with their snapshots · `load` all of it in one transaction · `folder` what stands beside
the database. May import everything but the faces.
"""
