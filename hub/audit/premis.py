"""Events in the terms of PREMIS 3: eventType, outcome, agents and their roles.

The vocabulary is the Library of Congress's (id.loc.gov/vocabulary/preservation/eventType). What it has no word for
(signing in, granting a role) keeps the hub's own noun:verb and no term: a wrong term would be worse than none.
"""

from __future__ import annotations

from collections.abc import Mapping

BASE = "http://id.loc.gov/vocabulary/preservation/eventType/"

# The label of a term and the last part of its address.
_TERMS: Mapping[str, str] = {
    "accession": "acc",
    "appraisal": "app",
    "creation": "cre",
    "deaccession": "dea",
    "deletion": "del",
    "displaying": "dsp",
    "dissemination": "dis",
    "exporting": "exp",
    "fixity check": "fix",
    "ingestion": "ing",
    "metadata modification": "mem",
    "modification": "mod",
    "policy assignment": "poa",
    "transfer": "tra",
    "validation": "val",
}

# noun:verb, or a verb of any noun, and the term it is.
_OF_EVENT: Mapping[str, str] = {
    "import:create": "ingestion",
    "file:accept": "accession",
    "transfer:accept": "accession",
    "transfer:submit": "transfer",
    "disposal:appraise": "appraisal",
    "record:read": "displaying",
    "report:export": "dissemination",
    "audit:export": "exporting",
    "audit:verify": "fixity check",
    "kpi:recount": "validation",
    "grant:create": "policy assignment",
    "file:submit": "transfer",
}
_OF_VERB: Mapping[str, str] = {
    "create": "creation",
    "delete": "deletion",
    "update": "metadata modification",
    "close": "metadata modification",
    "reopen": "metadata modification",
    "return": "metadata modification",
    "move": "metadata modification",
    "list": "metadata modification",
    "rename": "metadata modification",
    "declassify": "metadata modification",
    "publish": "dissemination",
    "download": "dissemination",
    "export": "exporting",
}
# Nouns that are records or agencies; what happens to users, sessions and keys is no preservation event.
_NOUNS = ("fonds", "series", "file", "item", "digital", "publication", "transfer", "agency")

# PREMIS's eventOutcome (id.loc.gov/vocabulary/preservation/eventOutcome) knows no refusal: it failed.
OUTCOMES: Mapping[str, str] = {"success": "success", "failure": "fail", "denied": "fail"}
AGENT_ROLE, BEHALF_ROLE = "implementer", "authorizer"


def event_type(name: str) -> str | None:
    """The term for an event of the hub; None where PREMIS has no word."""
    noun, _, verb = name.partition(":")
    return _OF_EVENT.get(name) or (_OF_VERB.get(verb) if noun in _NOUNS else None)


def event_type_uri(term: str) -> str:
    """The address of a term."""
    return BASE + _TERMS[term]


def sql(column: str) -> str:
    """The same mapping in SQL, null where there is no term."""
    verb, noun = f"split_part({column}, ':', 2)", f"split_part({column}, ':', 1)"
    events = " ".join(f"when '{name}' then '{term}'" for name, term in _OF_EVENT.items())
    verbs = " ".join(f"when '{name}' then '{term}'" for name, term in _OF_VERB.items())
    nouns = ", ".join(f"'{name}'" for name in _NOUNS)
    return f"case {column} {events} else case when {noun} in ({nouns}) then case {verb} {verbs} end end end"
