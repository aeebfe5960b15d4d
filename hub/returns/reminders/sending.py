"""The outbox is emptied: each mail in a transaction of its own, so that a worker that dies has lost nothing.

Killed between sending and noting it, a mail goes out again under the same Message-ID, by which mail programs know
it. A lost server is waited for, ever longer and without end; what a server refuses for good is FAILED, and waits for a
person. A mail whose reason has gone (handed in, period closed, body ended) is DROPPED when its turn comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.kit import clock
from hub.kit.errors import FieldError, Invalid
from hub.kit.mail import Mail, Mailbox, MailDeferred, MailRefused, MailServerLost, Post, open_post
from hub.kit.seam import Seam
from hub.returns.owed import HANDED_IN
from hub.settings import Settings

FOLDER = "outbox"
# So many at a time: the worker has other things to do, and comes again in a minute.
AT_MOST = 200
# A minute after the first try, then twice as long each time, an hour at most: soon after a server is back, so is mail.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
# A mail that the server keeps putting off goes to a person after as long as mail servers try themselves (RFC 5321).
PATIENCE = timedelta(days=5)
LONGEST_ERROR = 300

_NEXT = text(
    """
    select m.id, m.message_key, m.recipient, m.subject, m.text, m.tries, m.created_at,
           p.state = 'OPEN' and (a.valid_to is null or a.valid_to > :today)
             and coalesce(r.state, '') <> all(:handed_in) as is_wanted
      from outbox_message m
      join reminder d on d.id = m.reminder_id
      join reporting_period p on p.id = d.period_id
      join agency a on a.id = d.agency_id
      left join agency_return r on r.period_id = d.period_id and r.agency_id = d.agency_id
     where m.state = 'WAITING' and m.next_try_at <= :now
     order by m.next_try_at, m.id limit 1 for update of m skip locked
    """
)
_NOTE = text(
    """
    update outbox_message set state = :state, tries = :tries, next_try_at = :next_try_at, last_error = :last_error,
           sent_at = :sent_at where id = :id
    """
)
_AGAIN = text(
    """
    update outbox_message set state = 'WAITING', next_try_at = :now
     where state in ('WAITING', 'FAILED') and forgotten_at is null
       and (cast(:ids as bigint[]) is null or id = any(:ids)) returning id
    """
)
# The last reminder of the agency whose mail was refused, in a period that is open, to an address not written to yet.
_ELSEWHERE = text(
    """
    update outbox_message m
       set recipient = :email, state = 'WAITING', tries = 0, next_try_at = :now, last_error = null
     where m.id = (select x.id from outbox_message x
                     join reminder d on d.id = x.reminder_id
                     join reporting_period p on p.id = d.period_id
                    where d.agency_id = :agency and p.state = 'OPEN' and x.state = 'FAILED' and x.forgotten_at is null
                    order by d.id desc, x.id limit 1)
       and not exists (select from outbox_message y where y.reminder_id = m.reminder_id and y.recipient = :email)
    """
)
_COUNTS = text(
    """
    select count(*) filter (where state = 'WAITING') as waiting, count(*) filter (where state = 'FAILED') as failed,
           count(*) filter (where state = 'WAITING' and tries > 0) as stuck,
           (array_agg(last_error order by next_try_at desc) filter (where state in ('WAITING', 'FAILED')
                                                                      and last_error is not null))[1] as last_error
      from outbox_message where state in ('WAITING', 'FAILED') and forgotten_at is null
    """
)
_LISTED = text(
    """
    select m.id, m.state, m.recipient, m.subject, m.tries, m.next_try_at, m.last_error, m.sent_at, m.created_at,
           a.code as agency, p.deadline as period
      from outbox_message m
      join reminder d on d.id = m.reminder_id
      join agency a on a.id = d.agency_id
      join reporting_period p on p.id = d.period_id
     where cast(:states as text[]) is null or m.state = any(:states)
     order by m.id desc limit :most
    """
)


@dataclass
class Sent:
    """What one emptying came to; `lost` says why the server could not be reached."""

    sent: int = 0
    failed: int = 0
    deferred: int = 0
    dropped: int = 0
    lost: str | None = None


@dataclass(frozen=True)
class Outbox:
    """What waits, how much of it was tried in vain (`stuck`), and what was refused and needs a person."""

    waiting: int
    failed: int
    stuck: int
    last_error: str | None

    @property
    def is_well(self) -> bool:
        """Whether nothing needs anybody."""
        return not self.failed and not self.stuck


def mailbox(settings: Settings) -> Mailbox:
    """From whom and through what this installation writes."""
    return Mailbox(settings.mail_from, settings.data / FOLDER, settings.smtp_url, settings.smtp_tls)


def send_waiting(seam: Seam, box: Mailbox, address: str) -> Sent:
    """Send what is due, until nothing is or the server is lost. `address`: where people reach the hub."""
    told = Sent()
    with open_post(box) as post:
        for _ in range(AT_MOST):
            more = seam.change_now(lambda session: _send_one(session, post, address, told))
            if not more or told.lost is not None:
                break
    return told


def retry(session: Session, ids: list[int] | None = None) -> list[int]:
    """Put mails that failed or wait back at the head, all or these. Raises Invalid for one that is no such mail."""
    moved = list(session.execute(_AGAIN, {"now": clock.now(), "ids": ids}).scalars())
    if missing := sorted(set(ids or ()) - set(moved)):
        named = ", ".join(map(str, missing))
        raise Invalid(
            [
                FieldError(
                    "ids", "NOT_IN_OUTBOX",
                    f"Không có thư nào đang chờ hoặc bị từ chối mang số {named}. Xem các số bằng: hub outbox",
                    f"No mail that waits or failed has the number {named}. See the numbers with: hub outbox",
                )
            ]
        )  # fmt: skip
    return moved


def send_elsewhere(session: Session, agency_id: int, email: str) -> None:
    """The agency's last mail that was refused goes to this address, which somebody has just named."""
    session.execute(_ELSEWHERE, {"agency": agency_id, "email": email, "now": clock.now()})


def outbox(session: Session) -> Outbox:
    """How the outbox is."""
    return Outbox(**session.execute(_COUNTS).mappings().one())


def listed(session: Session, states: list[str] | None = None, most: int = 100) -> list[dict[str, Any]]:
    """The newest mails in these states, or all, without their texts."""
    return [dict(row) for row in session.execute(_LISTED, {"states": states, "most": most}).mappings()]


def _send_one(session: Session, post: Post, address: str, told: Sent) -> bool:
    """Send the mail that has waited longest; False where none is due."""
    now = clock.now()
    asked = {"now": now, "today": clock.today(), "handed_in": list(HANDED_IN)}
    row = session.execute(_NEXT, asked).mappings().first()
    if row is None:
        return False
    tries = row["tries"] + 1
    note: dict[str, Any] = {
        "id": row["id"], "state": "WAITING", "tries": tries, "last_error": None, "sent_at": None,
        "next_try_at": now + min(FIRST_PAUSE * 2 ** min(tries - 1, 10), LONGEST_PAUSE),
    }  # fmt: skip
    try:
        if row["is_wanted"]:
            whole = f"{row['text']}\n\n{address}\n"
            post.send(
                Mail(str(row["message_key"]), row["recipient"], row["subject"], whole, row["created_at"])
            )
            note |= {"state": "SENT", "sent_at": clock.now()}
            told.sent += 1
        else:
            note |= {"state": "DROPPED", "tries": row["tries"]}
            told.dropped += 1
    except MailRefused as error:
        note |= {"state": "FAILED", "last_error": str(error)}
        told.failed += 1
    except MailDeferred as error:
        given_up = now - row["created_at"] > PATIENCE
        note |= {"state": "FAILED" if given_up else "WAITING", "last_error": str(error)}
        told.deferred += 1
    except MailServerLost as error:
        note["last_error"] = told.lost = str(error)
    note["last_error"] = note["last_error"] and " ".join(note["last_error"].split())[:LONGEST_ERROR]
    session.execute(_NOTE, note)
    return True
