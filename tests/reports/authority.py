"""A throw-away public key infrastructure: root, signers, a list of the revoked, a timestamp authority on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image, ImageDraw
from pyhanko.sign.timestamps import DummyTimeStamper

from hub.settings import Settings, Signer

SECRET = "mật khẩu thử"
DER = serialization.Encoding.DER
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _name(words: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, words)]
    )


@dataclass
class Authority:
    """One root that issues everything; `folder` holds what the settings point at."""

    folder: Path
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    revoked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = datetime.now(UTC) - timedelta(hours=1)
        self.certificate = self._certificate("Gốc thử nghiệm", self.key.public_key(), is_root=True)
        pem = self.certificate.public_bytes(serialization.Encoding.PEM)
        (self.folder / "roots.pem").write_bytes(pem)
        (self.folder / "lists").mkdir()
        self.publish_list()

    def _certificate(
        self, words: str, key: object, *, is_root: bool = False, stamps: bool = False
    ) -> x509.Certificate:
        made = (
            x509.CertificateBuilder()
            .subject_name(_name(words))
            .issuer_name(_name(words) if is_root else self.certificate.subject)
            .public_key(key)  # type: ignore[arg-type]
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.began)
            .not_valid_after(self.began + timedelta(days=3650 if is_root else 365))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(not is_root, not is_root, False, False, False, is_root, is_root, False, False),
                True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), False)  # type: ignore[arg-type]
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False)
        )
        if stamps:
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
        return made.sign(self.key, hashes.SHA256())

    def publish_list(self) -> None:
        """The list of the revoked as it is now."""
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(self.began)
            .next_update(self.began + timedelta(days=30))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False)
            .add_extension(x509.CRLNumber(1 + len(self.revoked)), False)
        )
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(self.began)
            made = made.add_revoked_certificate(entry.build())
        listed = made.sign(self.key, hashes.SHA256()).public_bytes(DER)
        (self.folder / "lists" / "root.crl").write_bytes(listed)

    def signer(self, role: str, words: str, colour: str, size: tuple[int, int]) -> tuple[Signer, int]:
        """A signer with a key in a file and a picture; and the serial number of its certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(words, key.public_key())
        locked = serialization.BestAvailableEncryption(SECRET.encode())
        paths = {name: self.folder / f"{role}.{name}" for name in ("p12", "txt", "png")}
        paths["p12"].write_bytes(
            pkcs12.serialize_key_and_certificates(role.encode(), key, certificate, [self.certificate], locked)
        )
        paths["txt"].write_text(SECRET + "\n", encoding="utf-8")
        picture = Image.new("RGBA", size, (0, 0, 0, 0))
        around = (4, 4, size[0] - 5, size[1] - 5)
        ImageDraw.Draw(picture).ellipse(around, outline=colour, width=6)
        picture.save(paths["png"])
        signer = Signer(role, key=paths["p12"], secret=paths["txt"], picture=paths["png"])
        return signer, certificate.serial_number

    def settings(self, signers: tuple[Signer, ...], stamps: str | None) -> Settings:
        """The settings that sign with them."""
        return Settings(
            signers=signers,
            timestamp_url=stamps,
            trusted_roots=self.folder / "roots.pem",
            revocation_lists=self.folder / "lists",
        )

    @contextmanager
    def timestamps(self) -> Iterator[str]:
        """The address of an authority that answers RFC 3161 for as long as the block lasts."""
        key = rsa.generate_private_key(65537, 2048)
        certificate = self._certificate("Cấp dấu thời gian thử nghiệm", key.public_key(), stamps=True)
        plain = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        stamper = DummyTimeStamper(
            asn1.Certificate.load(certificate.public_bytes(DER)), keys.PrivateKeyInfo.load(plain)
        )

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
                answer = stamper.request_tsa_response(asked).dump()
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        with HTTPServer(("127.0.0.1", 0), Answers) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/"
            finally:
                server.shutdown()
                thread.join()
