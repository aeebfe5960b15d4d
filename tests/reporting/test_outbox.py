"""What the hub sends by itself: once, on its days, through a server that may be lost, refuse, or see the worker die."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from hub import doctor, worker
from hub.cli import main
from hub.kit.calendar import add_working_days
from hub.kit.db import as_app, open_engine
from hub.kit.mail import Mailbox
from hub.kit.seam import Seam
from hub.returns.reminders.forgetting import Forgotten
from hub.returns.reminders.sending import Sent, listed, mailbox, outbox, retry, send_waiting
from hub.settings import Settings
from tests.reporting.conftest import Half
from tests.reporting.post import MailServer, mail_server, throwaway

ROWS = (
    "select state, tries, last_error, recipient, next_try_at > now() as later from outbox_message order by id"
)


@dataclass
class Desk:
    """A period of which B (contact person) and, when nobody stops it, A (an officer) owe a return."""

    half: Half
    seam: Seam
    period: Any
    settings: Settings

    def send(self, box: Mailbox | None = None) -> Sent:
        """As the worker does."""
        return send_waiting(self.seam, box or mailbox(self.settings), "https://hub.test")

    def through(self, server: MailServer, **said: Any) -> Sent:
        """Through this server."""
        return self.send(
            Mailbox("Sở Nội vụ <hub@hanoi.gov.vn>", self.settings.data, server.url, **{"tls": "off", **said})
        )

    def files(self) -> list[EmailMessage]:
        """What lies in the folder."""
        found = sorted((self.settings.data / "outbox").glob("*"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in found]


@pytest.fixture
def desk(half: Half, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Three days before its due day, with nothing in the outbox."""
    half.sql("truncate outbox_message, reminder, reminder_round")
    half.sql("update reporting_period set state = 'CLOSED'")
    half.sql("update app_user set email = null")
    half.sql("update app_user set email = 'a@hanoi.gov.vn' where name = 'officer.A'")
    half.sql("insert into agency_contact (agency_id, name, email) values (%s, 'Mai', 'b@hanoi.gov.vn')"
             " on conflict (agency_id) do update set email = excluded.email", half.agencies["B"])  # fmt: skip
    deadline = date(*next(half.days))
    period = half.period(deadline, returnsDueOn=deadline, unitReturnsDueOn=deadline)
    monkeypatch.setenv("HUB_TODAY", half.sql("select (%s::date - 3)::text as d", deadline)[0].d)
    engine = open_engine(as_app(half.dsn), size=2, statement_timeout=5_000)
    yield Desk(half, Seam(engine), period, Settings(data=tmp_path, dsn=half.dsn))
    engine.dispose()


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """One mail to B waits."""
    desk.half.ask(
        "mutation($input: RemindAgenciesInput!) { remindAgencies(input: $input) { __typename } }",
        "supervisor", "SNV", input={"periodId": desk.period["id"], "agencyIds": [desk.half.agency("B")]},
    )  # fmt: skip
    return desk


def test_the_hub_reminds_once_on_its_day_and_writes_files_where_there_is_no_server(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_TODAY", _seventh(desk))
    [written] = worker.remind(desk.seam)
    codes = {key: code for code, key in desk.half.agencies.items()}
    assert {codes[key] for key in written.agencies} == {"A", "A.1", "B", "C", "SNV"}
    assert {codes[key] for key in written.unreachable} == {"C", "SNV"}
    assert worker.remind(desk.seam) == []
    [event] = desk.half.sql("select agent_id is not null as told, detail from audit_event where event_type ="
                            " 'return:follow' order by id desc limit 1")  # fmt: skip
    assert (event.told, len(event.detail["agencies"])) == (True, 5)
    assert desk.send() == Sent(sent=3)
    mails = {mail["To"]: mail for mail in desk.files()}
    assert set(mails) == {"a@hanoi.gov.vn", "b@hanoi.gov.vn"}
    mail = mails["b@hanoi.gov.vn"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"].startswith("Nhắc nộp báo cáo định kỳ, kỳ 30/6/2031")
    said = mail.get_content()
    assert "còn 7 ngày làm việc" in said
    assert "Mai" not in said
    assert said.rstrip().endswith("https://hub.test")
    assert desk.send() == Sent()


def _seventh(desk: Desk) -> str:
    """The seventh working day before the due day."""
    return add_working_days(date.fromisoformat(desk.period["returnsDueOn"]), -7, {}).isoformat()


def test_a_lost_server_is_waited_for_and_told(asked: Desk) -> None:
    with mail_server() as server:
        port = server.server_address[1]
    lost = asked.through(server)
    assert lost.lost is not None
    assert lost.lost.startswith(f"127.0.0.1:{port}: ")
    [row] = asked.half.sql(ROWS)
    assert (row.state, row.tries, row.later) == ("WAITING", 1, True)
    assert asked.through(server) == Sent()  # not before the pause is over
    found = {
        one.name: one
        for one in doctor.examine(Settings(data=asked.settings.data, dsn=asked.half.dsn, smtp_url=server.url))
    }
    assert (found["mail"].ok, found["outbox"].ok) == (False, False)
    assert found["outbox"].detail == "1 mails wait (1 tried in vain), 0 refused"
    assert not asked.seam.read_now(outbox).is_well
    pauses = []
    for _ in range(9):
        asked.half.sql("update outbox_message set next_try_at = now()")
        asked.through(server)
        pauses.append(
            asked.half.sql(
                "select round(extract(epoch from next_try_at - now()) / 60) as m from outbox_message"
            )[0].m
        )
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    asked.seam.change_now(retry)
    with mail_server(port) as server:
        assert asked.through(server) == Sent(sent=1)
        assert [mail["To"] for mail in server.taken] == ["b@hanoi.gov.vn"]
    assert asked.seam.read_now(outbox).is_well


def test_a_server_without_encryption_is_told_nothing(asked: Desk) -> None:
    with mail_server() as server:
        lost = asked.through(server, tls="starttls").lost
        assert "STARTTLS" in str(lost)
        assert server.taken == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_an_encrypted_server_that_asks_who_we_are(
    asked: Desk, tls: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost whatever stands in the way, and each failure says what it was."""
    context, certificate = throwaway(tmp_path)
    with mail_server() as server:
        server.tls, server.context, server.login = tls, context, ("hub", "mật@khẩu/1")
        host = f"127.0.0.1:{server.server_address[1]}"
        good = f"smtp://hub:{quote('mật@khẩu/1', safe='')}@{host}"

        def sent(url: str) -> Sent:
            asked.half.sql("update outbox_message set next_try_at = now() where state = 'WAITING'")
            return asked.send(Mailbox("Sở Nội vụ <hub@hanoi.gov.vn>", tmp_path, url, tls))

        assert "its certificate is not trusted: self-signed certificate" in str(sent(good).lost)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert sent(f"smtp://hub:nham@{host}").lost == (
            f"{host}: đăng nhập bị từ chối · the login is refused: 535 5.7.8 wrong name or password"
        )
        # without a name the server refuses the sender, which is no fault of the mail
        assert "530 5.7.0 sign in first" in str(sent(f"smtp://{host}").lost)
        [row] = asked.half.sql(ROWS)
        assert (row.state, row.tries, server.taken) == ("WAITING", 3, [])
        assert "nham" not in row.last_error
        assert sent(good) == Sent(sent=1)
        assert [mail["To"] for mail in server.taken] == ["b@hanoi.gov.vn"]
        assert set(server.plain) <= {"EHLO", "STAR"}  # neither name nor mail before all is encrypted
    assert asked.half.sql(ROWS)[0].state == "SENT"


def test_after_a_while_a_mail_keeps_that_it_went_out_and_neither_address_nor_words(
    asked: Desk, tmp_path: Path
) -> None:
    half, settings = asked.half, asked.settings
    assert asked.send() == Sent(sent=1)
    half.sql("insert into outbox_message (reminder_id, recipient, subject, text, state, last_error)"
             " select reminder_id, 'c@hanoi.gov.vn', subject, text, 'FAILED', '550 no c@hanoi.gov.vn'"
             " from outbox_message")  # fmt: skip
    half.sql("insert into outbox_message (reminder_id, recipient, subject, text)"
             " select min(reminder_id), 'd@hanoi.gov.vn', 'x', 'x' from outbox_message")  # fmt: skip
    assert worker.forget(asked.seam, settings) == Forgotten(0, 0)
    with pytest.raises(
        psycopg.Error, match="stands as it is"
    ):  # nothing but forgetting changes what went out
        half.sql("update outbox_message set forgotten_at = now(), recipient = null, text = null, tries = 9"
                 " where state = 'SENT'")  # fmt: skip
    settings = replace(settings, mail_keep_days=0)
    (tmp_path / "outbox" / "other.txt").write_text("kept")
    assert worker.forget(asked.seam, settings) == Forgotten(1, 1)
    kept = "select state, recipient, text, sent_at is not null as is_sent, tries, forgotten_at is not null as gone" \
           " from outbox_message order by id"  # fmt: skip
    assert tuple(half.sql(kept)[0]) == ("SENT", None, None, True, 1, True)
    assert [row.recipient for row in half.sql(kept)][1:] == ["c@hanoi.gov.vn", "d@hanoi.gov.vn"]
    half.sql("update reporting_period set state = 'CLOSED'")  # nobody mends the address any more
    assert worker.forget(asked.seam, settings) == Forgotten(1, 0)
    assert [row.recipient for row in half.sql(kept)] == [None, None, "d@hanoi.gov.vn"]
    assert worker.forget(asked.seam, settings) == Forgotten(0, 0)
    told = half.sql("select count(*) as n from outbox_message m where m::text like '%hanoi.gov.vn%'")
    assert told[0].n == 1
    events = half.sql("select detail from audit_event where event_type = 'mail:forget' order by id")
    assert [event.detail["mails"] for event in events][-2:] == [1, 1]
    assert "hanoi.gov.vn" not in str(events)
    assert asked.seam.change_now(retry) != []  # what still waits; what is forgotten has nothing to send
    assert [row.state for row in half.sql(kept)] == ["SENT", "FAILED", "WAITING"]
    assert asked.seam.read_now(outbox).is_well
    assert [row["recipient"] for row in asked.seam.read_now(listed)] == ["d@hanoi.gov.vn", None, None]


@pytest.mark.parametrize(
    ("said", "state", "told"),
    [
        ("550 5.1.1 no such user", "FAILED", Sent(failed=1)),
        ("451 4.7.1 later, please", "WAITING", Sent(deferred=1)),
    ],
)
def test_an_address_that_the_server_refuses(asked: Desk, said: str, state: str, told: Sent) -> None:
    with mail_server() as server:
        server.refused["b@hanoi.gov.vn"] = said
        assert asked.through(server) == told
        [row] = asked.half.sql(ROWS)
        assert (row.state, row.last_error) == (state, said)
        server.refused.clear()
        asked.seam.change_now(lambda session: retry(session, None))
        assert asked.through(server) == Sent(sent=1)


def test_a_refused_mail_goes_to_the_address_that_is_named_next(asked: Desk) -> None:
    with mail_server() as server:
        server.refused["b@hanoi.gov.vn"] = "550 no such user"
        assert asked.through(server) == Sent(failed=1)
        said = {"periodId": asked.period["id"], "agencyId": asked.half.agency("B"), "name": "Lan"}
        named = asked.half.do("setContact", "officer", "B", **said, email="lan@hanoi.gov.vn")
        assert named["__typename"] == "ReturnCase"
        assert asked.through(server) == Sent(sent=1)
        assert [mail["To"] for mail in server.taken] == ["lan@hanoi.gov.vn"]
        asked.half.do("setContact", "officer", "B", **said, email="lan2@hanoi.gov.vn")
        assert asked.through(server) == Sent()


def test_a_worker_that_dies_before_it_has_noted_the_mail_sends_it_again_under_the_same_id(
    asked: Desk,
) -> None:
    asked.half.sql("create function die() returns trigger language plpgsql as $$ begin raise 'killed'; end $$;"
                   " create trigger die before update on outbox_message execute function die()")  # fmt: skip
    with mail_server() as server:
        with contextlib.ExitStack() as stack:
            stack.callback(asked.half.sql, "drop trigger die on outbox_message; drop function die")
            with pytest.raises(DBAPIError, match="killed"):
                asked.through(server)
        assert asked.through(server) == Sent(sent=1)
        first, second = server.taken
        assert first["Message-ID"] == second["Message-ID"]
        assert first["Message-ID"].endswith("@hanoi.gov.vn>")
        assert asked.through(server) == Sent()


def test_two_workers_do_not_send_the_same_mail(asked: Desk) -> None:
    with mail_server() as server, psycopg.connect(asked.half.dsn) as other:
        other.execute("select 1 from outbox_message for update")
        assert asked.through(server) == Sent()
        other.rollback()
        assert asked.through(server) == Sent(sent=1)


@pytest.mark.parametrize(
    "gone",
    [
        "update reporting_period set state = 'CLOSED'",
        "update agency set valid_to = '2030-01-01' where code = 'B'",
        "insert into agency_return (period_id, agency_id, state) select max(p.id), max(a.id), 'SUBMITTED'"
        " from reporting_period p, agency a where a.code = 'B'",
    ],
)
def test_what_is_wanted_no_more_is_not_sent(asked: Desk, gone: str) -> None:
    asked.half.sql(gone)
    try:
        assert asked.send() == Sent(dropped=1)
    finally:
        asked.half.sql("update agency set valid_to = null where code = 'B'")
    assert asked.half.sql(ROWS)[0].state == "DROPPED"
    assert asked.files() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("recipient", "b@hanoi.gov.vn\r\nBcc: all@hanoi.gov.vn"),
        ("recipient", "b@hanoi.gov.vn, all@hanoi.gov.vn"),
        ("recipient", "nobody"),
        ("subject", "Nhắc\r\nBcc: all@hanoi.gov.vn"),
    ],
)
def test_no_address_and_no_subject_writes_a_header_of_its_own(asked: Desk, column: str, value: str) -> None:
    asked.half.sql(f"update outbox_message set {column} = %s", value)
    with mail_server() as server:
        assert asked.through(server) == Sent(failed=1)
        assert server.taken == []
    assert asked.half.sql(ROWS)[0].state == "FAILED"


def test_the_outbox_at_the_terminal(
    asked: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_DSN", asked.half.dsn)
    monkeypatch.setenv("HUB_DATA", str(asked.settings.data))
    monkeypatch.setenv("HUB_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("HUB_SMTP_TLS", "off")
    [number] = [row.id for row in asked.half.sql("select id from outbox_message")]

    def hub(*words: str) -> tuple[int, str]:
        code = main(["outbox", *words])
        return code, "".join(capsys.readouterr())

    assert hub("send")[0] == 3
    code, said = hub()
    assert code == 0
    assert "b@hanoi.gov.vn" in said
    assert hub("retry", str(number + 1))[0] == 2
    assert hub("retry", str(number))[0] == 0
    assert hub("--as", "officer.A")[0] == 2
    assert "b@hanoi.gov.vn" in hub("--as", "supervisor.SNV", "--state", "WAITING")[1]
    monkeypatch.delenv("HUB_SMTP_URL")
    assert hub("send")[0] == 0
    assert [mail["To"] for mail in asked.files()] == ["b@hanoi.gov.vn"]
