"""Mail that goes out: to an SMTP server, or into files (.eml) where none is configured.

    with open_post(box) as post:
        post.send(mail)          MailServerLost, MailDeferred, MailRefused say what became of it

Who calls decides what to do about each: a lost server is nobody's fault and comes back, a refused mail needs a person.
"""

from __future__ import annotations

import base64
import contextlib
import os
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

SECONDS = 20
PORTS = {"off": 25, "starttls": 587, "tls": 465}


class MailServerLost(Exception):
    """No server answers, or it does not serve us: no connection, no encryption, a login or sender it refuses."""


class MailDeferred(Exception):
    """The server would take this mail later."""


class MailRefused(Exception):
    """This mail will never be taken: no such address, or none that can be written."""


@dataclass(frozen=True)
class Mailbox:
    """From whom and through what: `url` smtp://user:password@host:port, None for files in `folder`.

    `tls`: starttls (encrypted before anything is said), tls (from the first byte), off (a server on this machine).
    """

    sender: str
    folder: Path
    url: str | None = None
    tls: str = "starttls"


@dataclass(frozen=True)
class Mail:
    """One mail to one address; `key` makes its Message-ID, the same whenever it is sent again."""

    key: str
    recipient: str
    subject: str
    text: str
    written_at: datetime


class Post(Protocol):
    """What takes mails."""

    def send(self, mail: Mail) -> None:
        """Hand one over. Raises MailServerLost, MailDeferred, MailRefused."""


@contextlib.contextmanager
def open_post(box: Mailbox) -> Iterator[Post]:
    """The way out; a server is called with the first mail."""
    if box.url is None:
        yield _Files(box)
        return
    post = _Server(box)
    try:
        yield post
    finally:
        post.close()


def check_server(box: Mailbox) -> None:
    """Raises MailServerLost where a server is configured and does not let us in."""
    if box.url is not None:
        post = _Server(box)
        try:
            post.connect()
        finally:
            post.close()


def composed(mail: Mail, sender: str) -> EmailMessage:
    """The mail as it goes out. Raises MailRefused where a header would not be one line, or the address is none."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(addr_spec=mail.recipient)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.written_at)
        message["Message-ID"] = f"<{mail.key}@{address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text, cte="quoted-printable")
    except (MessageError, ValueError, IndexError) as error:
        raise MailRefused(f"{mail.recipient[:80]!r}: {error}") from error
    return message


class _Files:
    """A file for each mail, whole or not there; sent again, it is the same file."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box

    def send(self, mail: Mail) -> None:
        content = composed(mail, self._box.sender).as_bytes()
        try:
            self._box.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = self._box.folder / f".{mail.key}.{os.getpid()}.part"
            part.write_bytes(content)
            part.chmod(0o600)
            part.replace(self._box.folder / f"{mail.key}.eml")
        except OSError as error:
            raise MailServerLost(str(error)) from error


class _Server:
    """One connection for as many mails as there are."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box
        self._smtp: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> None:
        message = composed(mail, self._box.sender)
        smtp = self._smtp or self.connect()
        try:
            smtp.send_message(message, parseaddr(self._box.sender)[1], [mail.recipient])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = refused.recipients[mail.recipient]
            raise _judged(code, said) from refused
        except smtplib.SMTPDataError as refused:
            raise _judged(refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPNotSupportedError as error:  # an address in letters that this server cannot write
            raise MailRefused(str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailServerLost(_said(error)) from error

    def connect(self) -> smtplib.SMTP:
        """A connection that is encrypted and signed in as configured."""
        parts, tls = urlsplit(self._box.url or ""), self._box.tls
        host, port = parts.hostname or "localhost", parts.port or PORTS[tls]
        try:
            trusted = ssl.create_default_context()
            smtp = (
                smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=trusted)
                if tls == "tls"
                else smtplib.SMTP(host, port, timeout=SECONDS)
            )
            self._smtp = smtp
            if tls == "starttls":
                smtp.starttls(context=trusted)
            if parts.username:
                _sign_in(smtp, unquote(parts.username), unquote(parts.password or ""))
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailServerLost(f"{host}:{port}: {_said(error)}") from error
        return smtp

    def close(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._smtp = None


def _sign_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    if f"{user}{password}".isascii():
        smtp.login(user, password)
        return
    # smtplib knows letters of English only; PLAIN takes any, as UTF-8 (RFC 4616).
    smtp.ehlo_or_helo_if_needed()
    told = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, said = smtp.docmd("AUTH", f"PLAIN {told}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _judged(code: int, said: bytes | str) -> Exception:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    kind = MailRefused if code >= 500 else MailDeferred
    return kind(f"{code} {text}")


def _said(error: Exception) -> str:
    """What happened, in one line; a server's answer without its bytes' quotes."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"đăng nhập bị từ chối · the login is refused: {_answer(error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"chứng thư của máy chủ không được tin cậy · its certificate is not trusted: {error.verify_message}"
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error)
    if isinstance(error, socket.timeout):
        return f"no answer within {SECONDS} seconds"
    return str(error) or type(error).__name__


def _answer(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"


def forget_files(folder: Path, before: datetime) -> int:
    """Delete the mails that became files before then; how many there were."""
    old = [file for file in folder.glob("*.eml") if file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
