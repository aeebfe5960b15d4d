"""A mail server of a test's own, on this machine: keeps what it takes, refuses whom it is told to; encrypted, too."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class MailServer(socketserver.ThreadingTCPServer):
    """`taken`: what was accepted, in order; `refused`: what it says to an address instead of 250.

    `tls` (starttls, tls) needs `context`; `login` (user, password) is asked for before any mail. `plain`: the words it
    was told without encryption.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.taken: list[EmailMessage] = []
        self.refused: dict[str, str] = {}
        self.tls = "off"
        self.context: ssl.SSLContext | None = None
        self.login: tuple[str, str] | None = None
        self.plain: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # a client that trusts us not hangs up
            self._talk()

    def _talk(self) -> None:
        is_encrypted = self.server.tls == "tls"
        is_known = self.server.login is None
        if is_encrypted:
            self._encrypt()
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if not is_encrypted:
                self.server.plain.append(word)
            if word == "EHLO":
                offers = ["test"]
                offers += ["STARTTLS"] if self.server.tls == "starttls" and not is_encrypted else []
                offers += ["AUTH PLAIN"] if self.server.login else []
                for offer in offers[:-1]:
                    self._say(f"250-{offer}")
                self._say(f"250 {offers[-1]}")
            elif word == "STAR":
                self._say("220 go on")
                self._encrypt()
                is_encrypted = True
            elif word == "AUTH":
                _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
                is_known = (user, password) == self.server.login
                self._say("235 welcome" if is_known else "535 5.7.8 wrong name or password")
            elif word in ("MAIL", "RCPT", "DATA") and not is_known:
                self._say("530 5.7.0 sign in first")
            elif word == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                self._say(self.server.refused.get(address, "250 ok"))
            elif word == "DATA":
                self._say("354 go on")
                read = iter(self.rfile.readline, b".\r\n")
                self.server.taken.append(message_from_bytes(b"".join(read), policy=policy.default))
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def _encrypt(self) -> None:
        assert self.server.context is not None
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)  # type: ignore[assignment]

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextlib.contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    """The server, listening."""
    with MailServer(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def throwaway(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for this machine that vouches for itself: what a server shows, and the file of who trusts it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, secret = folder / "mail.pem", folder / "mail.key"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, secret)
    return context, shown
