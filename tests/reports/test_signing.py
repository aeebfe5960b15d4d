"""Signed reports: PAdES B-LTA by the person and the organ, proved in force, and no byte of them changes unnoticed."""

import io
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from hub.settings import Settings, Signer, UnknownSetting, load
from reports.signatures import signatures_of
from reports.signing import SigningFailed, sign
from tests.reports.authority import DER, SECRET, Authority

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


def _fields(content: bytes) -> dict[str, Any]:
    reader: Any = pypdf.PdfReader(io.BytesIO(content))
    return {
        one.get_object()["/T"]: one.get_object() for one in reader.trailer["/Root"]["/AcroForm"]["/Fields"]
    }


def test_person_and_organ_sign_one_after_the_other_for_decades(signed: bytes, signing: Settings) -> None:
    told = signatures_of(signed, signing)
    assert [(one.field, one.signer) for one in told] == [
        ("nguoi_ky", "Nguyễn Văn A"),
        ("co_quan", "Sở Nội vụ"),
    ]
    assert [(one.verdict, one.reason) for one in told] == [("PASSED", "OK")] * 2
    assert all(one.at for one in told)
    fields = _fields(signed)
    kinds = [field["/V"]["/SubFilter"] for field in fields.values()]
    assert kinds == [
        "/ETSI.CAdES.detached",
        "/ETSI.CAdES.detached",
        "/ETSI.RFC3161",
    ]  # the last dates the whole
    proofs: Any = pypdf.PdfReader(io.BytesIO(signed)).trailer["/Root"]["/DSS"]
    assert len(proofs["/CRLs"]) >= 1
    assert len(proofs["/Certs"]) >= 4


def test_what_was_printed_is_not_written_again(issued: bytes, signed: bytes) -> None:
    assert signed.startswith(issued)
    before, after = (pypdf.PdfReader(io.BytesIO(content)) for content in (issued, signed))
    assert len(before.pages) == len(after.pages)
    assert dict(before.attachments) == dict(after.attachments)


def test_the_pictures_stand_in_the_block_of_the_signature(signed: bytes) -> None:
    """Blue for the person, red for the seal, each in its own field (NĐ 30/2020, Phụ lục I)."""
    document = pypdfium2.PdfDocument(signed)
    at = next(n for n, page in enumerate(document) if "Nơi nhận:" in page.get_textpage().get_text_bounded())
    height = document[at].get_height()
    document.init_forms()
    page = document[at].render(scale=2, may_draw_forms=True).to_pil().convert("RGB")
    document.close()
    for name, colour in (("nguoi_ky", (0, 0, 255)), ("co_quan", (255, 0, 0))):
        x1, y1, x2, y2 = (float(side) for side in _fields(signed)[name]["/Rect"])
        inside = page.crop((round(2 * x1), round(2 * (height - y2)), round(2 * x2), round(2 * (height - y1))))
        assert sum(count for count, seen in inside.getcolors(1 << 20) if seen == colour) > 200


def test_a_changed_byte_is_found(signed: bytes, signing: Settings) -> None:
    at = len(signed) // 3
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert {(one.verdict, one.reason) for one in signatures_of(changed, signing)} == {
        ("FAILED", "HASH_FAILURE")
    }


def test_a_signer_nobody_here_trusts_is_not_passed(signed: bytes, signing: Settings, tmp_path: Path) -> None:
    stranger = Authority(tmp_path).settings((), None)
    assert {one.verdict for one in signatures_of(signed, stranger)} == {"INDETERMINATE"}


def test_without_a_key_the_report_goes_out_unsigned(issued: bytes) -> None:
    assert sign(issued, Settings()) == issued
    assert signatures_of(issued, Settings()) == []


def test_a_revoked_signer_signs_nothing(issued: bytes, stamps: str, tmp_path: Path) -> None:
    """Softer modes than "require" would trust him, since his certificate names no address of a list."""
    authority = Authority(tmp_path)
    person, serial = authority.signer("person", "Nguyễn Văn B", "blue", (42, 24))
    with authority.timestamps() as own:
        settings = authority.settings((person,), own)
        assert sign(issued, settings) != issued
        authority.revoked.append(serial)
        authority.publish_list()
        with pytest.raises(SigningFailed, match="revoked"):
            sign(issued, settings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"timestamp_url": None}, "HUB_TIMESTAMP_URL"),
        ({"timestamp_url": "http://127.0.0.1:9/"}, "HUB_TIMESTAMP_URL"),
        ({"trusted_roots": None}, "HUB_TRUSTED_ROOTS"),
        ({"revocation_lists": Path("/nowhere")}, "HUB_REVOCATION_LISTS"),
    ],
)
def test_what_is_missing_to_sign_is_named(
    issued: bytes, signing: Settings, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(SigningFailed) as failed:
        sign(issued, replace(signing, **change))
    assert said in failed.value.message_vi
    assert said in failed.value.message_en


def test_a_wrong_secret_is_named_with_whose_it_is(issued: bytes, signing: Settings, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("không phải")
    signers = tuple(replace(one, secret=wrong) for one in signing.signers if one.role == "organ")
    with pytest.raises(SigningFailed, match=r"\[organ\].*HUB_SIGNERS"):
        sign(issued, replace(signing, signers=signers))


def test_signers_are_read_from_the_settings(tmp_path: Path) -> None:
    told = [
        {"role": "person", "key": "a.p12", "secret": "a.txt"},
        {"role": "organ", "module": "p11.so", "label": "x"},
    ]
    made = load({"HUB_SIGNERS": json.dumps(told)}, data=tmp_path).signers
    assert made == (
        Signer("person", key=Path("a.p12"), secret=Path("a.txt")),
        Signer("organ", module=Path("p11.so"), label="x"),
    )
    (tmp_path / "hub.toml").write_text('[[signers]]\nrole = "person"\nkey = "a.p12"\n')
    assert load({}, data=tmp_path).signers == (Signer("person", key=Path("a.p12")),)
    for wrong in ([{"role": "clerk", "key": "a"}], [{"role": "person"}], [{"role": "person", "pin": "1"}]):
        with pytest.raises(UnknownSetting, match="HUB_SIGNERS"):
            load({"HUB_SIGNERS": json.dumps(wrong)}, data=tmp_path)


@pytest.mark.skipif(not SOFTHSM.exists(), reason="no PKCS#11 device here: apt-get install softhsm2")
def test_a_key_in_a_device_signs_too(
    issued: bytes,
    authority: Authority,
    signing: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configured = tmp_path / "softhsm.conf"
    (tmp_path / "tokens").mkdir()
    configured.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configured))
    signer, _ = authority.signer("organ", "Sở Nội vụ", "red", (36, 36))
    assert signer.key
    key, certificate, _ = pkcs12.load_key_and_certificates(signer.key.read_bytes(), SECRET.encode())
    assert key
    assert certificate
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(key.private_bytes(*plain))
    tool = shutil.which("softhsm2-util")
    assert tool
    device = ["--token", "hub", "--pin", "1234"]
    for words in (
        ["--init-token", "--free", "--label", "hub", "--pin", "1234", "--so-pin", "1234"],
        ["--import", str(tmp_path / "key.pem"), *device, "--label", "seal", "--id", "01"],
    ):
        subprocess.run([tool, *words], check=True, capture_output=True, env=dict(os.environ))
    import pkcs11

    with pkcs11.lib(str(SOFTHSM)).get_token(token_label="hub").open(rw=True, user_pin="1234") as session:
        held = {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
            pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            pkcs11.Attribute.TOKEN: True,
            pkcs11.Attribute.LABEL: "seal",
            pkcs11.Attribute.ID: b"\x01",
            pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
            pkcs11.Attribute.VALUE: certificate.public_bytes(DER),
        }
        session.create_object(held)
    pin = tmp_path / "pin.txt"
    pin.write_text("1234")
    organ = Signer("organ", module=SOFTHSM, token="hub", label="seal", secret=pin)
    settings = replace(signing, signers=(organ,))
    told = signatures_of(sign(issued, settings), settings)
    assert [(one.field, one.verdict) for one in told] == [("co_quan", "PASSED")]
