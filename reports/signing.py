"""Signs a report for decades: PAdES B-LTA, with the pictures where NĐ 30/2020 wants them (Phụ lục I, ô 7 and 8).

The person signs first, then văn thư with the organ's key; each signature carries a timestamp and the proof that its
certificate was in force, and a timestamp over the whole file ends it. Keys lie in PKCS#12 files or in a device
(PKCS#11); without any, a report goes out unsigned, with its two fields empty.

Only here and in `signatures.py` is pyHanko imported, and only when something is signed or checked.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.kit.errors import Unavailable
from hub.settings import Settings, Signer

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer as Key

FIELDS = {"person": "nguoi_ky", "organ": "co_quan"}  # as templates/edition.html.j2 names them
# What these would log with a trace is answered here as an error or a verdict.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
PATIENCE = 20  # seconds for one answer of the timestamp authority


class SigningFailed(Unavailable):
    """A report could not be signed: nothing was written."""

    code = "SIGNING_FAILED"

    def __init__(self, reason: str, next_vi: str, next_en: str) -> None:
        super().__init__(
            f"Không ký được báo cáo: {reason}. {next_vi}", f"The report was not signed: {reason}. {next_en}"
        )


def sign(pdf: bytes, settings: Settings) -> bytes:
    """The signed file; the same bytes where no signer is set. Raises SigningFailed."""
    order = list(FIELDS)
    signers = sorted(settings.signers, key=lambda one: order.index(one.role))
    for number, signer in enumerate(signers, 1):
        with _explained(signer, settings):
            pdf = _signed(pdf, signer, settings, is_last=number == len(signers))
    return pdf


def _signed(pdf: bytes, signer: Signer, settings: Settings, *, is_last: bool) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.timestamps import HTTPTimeStamper

    if not settings.timestamp_url or settings.trusted_roots is None:
        raise ValueError("HUB_TIMESTAMP_URL, HUB_TRUSTED_ROOTS")
    written = io.BytesIO()
    with _key(signer) as key:
        signers.PdfSigner(
            signers.PdfSignatureMetadata(
                field_name=FIELDS[signer.role],
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                location="Hà Nội",
                embed_validation_info=True,
                validation_context=_context(settings),
                use_pades_lta=is_last,
            ),
            key,
            timestamper=HTTPTimeStamper(settings.timestamp_url, timeout=PATIENCE),
            stamp_style=_stamp(signer),
        ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), existing_fields_only=True, output=written)
    return written.getvalue()


@contextlib.contextmanager
def _key(signer: Signer) -> Iterator[Key]:
    """The key of a signer, for as long as its device is open."""
    from pyhanko.sign.signers import SimpleSigner

    secret = signer.secret.read_text(encoding="utf-8").strip() if signer.secret else None
    if signer.key is not None:
        yield SimpleSigner.load_pkcs12_data(
            signer.key.read_bytes(), other_certs=[], passphrase=secret.encode() if secret else None
        )
        return
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    token = TokenCriteria(label=signer.token) if signer.token else None
    session = open_pkcs11_session(str(signer.module), token_criteria=token, user_pin=secret)
    try:
        # Every certificate of the device, so that the chain is there.
        key = PKCS11Signer(session, cert_label=signer.label, other_certs_to_pull=None)
        # Many devices sign a digest with an elliptic curve, and do not make the digest.
        key.use_raw_mechanism = key.signing_cert.public_key.algorithm == "ec"
        yield key
    finally:
        session.close()


def _stamp(signer: Signer) -> Any:
    """The picture as it is, in the field's whole size; without one a signature leaves nothing to be seen."""
    from PIL import Image
    from pyhanko.pdf_utils.images import PdfImage
    from pyhanko.pdf_utils.layout import AxisAlignment, InnerScaling, SimpleBoxLayoutRule
    from pyhanko.stamp import NoOpStampStyle, StaticStampStyle

    if signer.picture is None:
        return NoOpStampStyle()
    middle = AxisAlignment.ALIGN_MID
    whole = SimpleBoxLayoutRule(middle, middle, inner_content_scaling=InnerScaling.STRETCH_TO_FIT)
    picture = PdfImage(Image.open(io.BytesIO(signer.picture.read_bytes())))
    return StaticStampStyle(border_width=0, background=picture, background_layout=whole)


def _context(settings: Settings) -> Any:
    """How a certificate is proved while signing: revocation must be known, or nothing is signed.

    With softer modes pyHanko trusts a revoked certificate that names no address of a list.
    """
    from pyhanko_certvalidator import ValidationContext

    roots, between = certificates(settings.trusted_roots)
    lists = revocation_lists(settings.revocation_lists)
    return ValidationContext(
        trust_roots=roots,
        other_certs=between,
        crls=lists,
        allow_fetching=settings.revocation_lists is None,
        revocation_mode="require",
    )


def certificates(file: Path | None) -> tuple[list[Any], list[Any]]:
    """The certificates of a PEM file: those that signed themselves, which are trusted, and those between."""
    from pyhanko.keys import load_certs_from_pemder

    found = list(load_certs_from_pemder([str(file)])) if file else []
    return [one for one in found if one.self_signed != "no"], [
        one for one in found if one.self_signed == "no"
    ]


def revocation_lists(folder: Path | None) -> list[bytes]:
    """The lists (CRL, DER) in a folder."""
    return [file.read_bytes() for file in sorted(folder.glob("*.crl"))] if folder else []


@contextlib.contextmanager
def _explained(signer: Signer, settings: Settings) -> Iterator[None]:
    """What goes wrong while signing, as one answer; what a library raises by itself is many things."""
    from pkcs11.exceptions import PKCS11Error
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.timestamps import TimestampRequestError
    from pyhanko_certvalidator.errors import PathError, ValidationError

    whose = f"[{signer.role}]"
    try:
        yield
    except TimestampRequestError as error:
        raise SigningFailed(
            f"{whose} {settings.timestamp_url}: {error}",
            "Hãy kiểm tra HUB_TIMESTAMP_URL và kết nối tới máy chủ cấp dấu thời gian, rồi thử lại.",
            "Check HUB_TIMESTAMP_URL and the way to that timestamp authority, then try again.",
        ) from error
    except (SigningError, PathError, ValidationError, PKCS11Error, OSError, ValueError) as error:
        unproved = next(
            (one for one in (error, error.__cause__) if isinstance(one, PathError | ValidationError)), None
        )
        if unproved is not None:
            raise SigningFailed(
                f"{whose} {unproved}",
                "Không chứng minh được chứng thư còn hiệu lực; hãy kiểm tra HUB_TRUSTED_ROOTS, HUB_REVOCATION_LISTS.",
                "The certificate is not proved to be in force; check HUB_TRUSTED_ROOTS, HUB_REVOCATION_LISTS.",
            ) from error
        raise SigningFailed(
            f"{whose} {str(error) or type(error).__name__}",
            "Hãy kiểm tra HUB_SIGNERS: tệp khóa hoặc thiết bị, mật khẩu, ảnh chữ ký.",
            "Check HUB_SIGNERS: the key or its device, the secret, the picture.",
        ) from error
