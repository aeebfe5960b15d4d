"""No table that the law speaks about is read past it: every module that names one asks the law, or stands here.

Found by their text: `from file`, `join item`, `select(Fonds)`, `session.get(Series, …)`. A module asks the law when it
builds its statement by the predicate (`sees`, `predicate`, `visible`, `permitted`), or requires the deed on the row.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FACES = ("hub", "schema", "reports")
TABLES = (
    "fonds|series|file|item|item_listing|digital_object|transfer|transfer_entry|agency_return|exclusion|use_request"
    "|audit_event|published_report|app_user|role_grant|web_session|access_token"
)
MODELS = (
    "Fonds|Series|ArchivalFile|Item|ItemListing|DigitalObject|Transfer|AgencyReturn|Exclusion|UseRequest|AuditEvent"
    "|PublishedReport|AppUser|RoleGrant|WebSession|AccessToken"
)
_READS = re.compile(
    rf"\b(?:from|join)\s+(?:public\.)?(?:{TABLES})\b(?!\s+import)"
    rf"|\b(?:select|get)\((?:models\.)?(?:{MODELS})\b"
)
_ASKS = re.compile(r"\.(?:sees|predicate|permitted|may|require)\(|\bvisible\(|\brequire\(|@record\(|\bsees\(")

# folder or module → why it may read without asking
ALLOWED = {
    "hub/access/queries.py": "who is calling: his own account and grants, before there is anybody to ask the law for",
    "hub/access/credentials/passwords.py": "signing in: the account of the name that was typed",
    "hub/audit/sealing": "seals and proofs are over the whole trail; only the operator's commands call them",
    "hub/doctor.py": "the operator's command; tells when a job last ran",
    "hub/demo": "makes the city, as the owner",
    "hub/kpi": "figures are whole by the contract; what is shown behind them goes through hub.kpi.sight",
    "hub/records/commands": "inside a deed that was required on the record before; nothing is shown",
    "hub/records/intake": "inside an import, whose rows hub.records.intake.checks holds against the law",
    "hub/records/reading.py": "records that an answer has shown already; asked only for whom they were read",
    "hub/returns/anomalies.py": "flags of returns that the desk has read by the law before",
    "hub/returns/publication/register.py": "numbers of published reports, which everybody may read",
    "hub/returns/queries.py": "published reports only, which everybody may read",
    "hub/returns/reading.py": "what hangs on a return that its callers have read by the law before",
    "hub/returns/reminders/sending.py": "the worker's: whether a mail is still wanted; nothing is shown of a return",
    "hub/returns/snapshots/reading.py": "figures frozen for published reports, which everybody may read",
    "hub/web/granting.py": "grants of a user whom the page has read by the law before",
    "hub/web/live.py": "how many returns are in, and whether a report is out: counts, shown to readers of all returns",
    "hub/web/views/grants.py": "whom a grant is for, by the name typed; the deed is required in the command",
    "reports/verification.py": "published reports only, which everybody may read",
    "schema/mutations/grants.py": "whom a grant is for, by the name given; the deed is required in the command",
    "schema/records/parts.py": "facts of an item's home file that every reader of the item is told: state and dates",
}


def _modules() -> dict[str, str]:
    paths = (path for face in FACES for path in (ROOT / face).rglob("*.py"))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


def _reason(module: str) -> str | None:
    return next(
        (why for place, why in ALLOWED.items() if module == place or module.startswith(place + "/")), None
    )


def test_whoever_reads_a_table_of_the_law_asks_the_law() -> None:
    past = {name for name, text in _modules().items() if _READS.search(text) and not _ASKS.search(text)}
    assert {name for name in past if _reason(name) is None} == set()


def test_no_exception_is_left_over() -> None:
    past = {name for name, text in _modules().items() if _READS.search(text) and not _ASKS.search(text)}
    unused = {place for place in ALLOWED if not any(n == place or n.startswith(place + "/") for n in past)}
    assert unused == set()


def test_a_read_past_the_law_would_be_seen() -> None:
    for text in (
        "select id from file f",
        "join public.item i on true",
        "select(Fonds)",
        "session.get(Series, 1)",
    ):
        assert _READS.search(text), text
    assert not _READS.search("from hub.records.models import Item")
