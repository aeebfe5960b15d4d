"""Numbers (chỉ tiêu): one function for the figures of a plan, and the records behind each number.

`scorecard` computes, `registry` finds a measure by its meaning, `measures/` holds one file per measure,
`values` is the shape every face shows. May import what lies below: plan, records, agencies, access.
"""
