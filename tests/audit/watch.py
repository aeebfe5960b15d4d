"""Every transaction of the application that changes something leaves an event: watched while tests run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.kit.seam import Seam

# What is noted beside deeds: answers kept against repeats, when a session or key was last used, wrong attempts counted
# until somebody is locked out, what a caller has spent this minute, and the seals themselves.
BESIDE = (
    "audit_event", "kept_answer", "web_session", "access_token", "step_up", "sign_in_failure", "spending", "audit_seal",
    "api_key_use", "second_factor",
)  # fmt: skip

_UNTOLD = text("""
select relname from pg_stat_xact_user_tables
 where n_tup_ins + n_tup_upd + n_tup_del > 0 and schemaname = 'public' and relname <> all(:beside)
   and not exists (select from audit_event where xid = pg_current_xact_id_if_assigned())
""")


@contextmanager
def watching(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The tables that were changed in a transaction without any event."""
    untold: list[str] = []
    change = Seam.change_now

    def watched(seam: Seam, fn: Callable[[Session], Any]) -> Any:
        def looked(session: Session) -> Any:
            answer = fn(session)
            session.flush()
            untold.extend(session.connection().scalars(_UNTOLD, {"beside": list(BESIDE)}))
            return answer

        return change(seam, looked)

    patch.setattr(Seam, "change_now", watched)
    yield untold
