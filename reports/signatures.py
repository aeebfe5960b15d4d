"""What the signatures of a file are worth, by ETSI EN 319 102-1: PASSED, FAILED or INDETERMINATE, and why.

A verdict holds for the moment it is asked: with timestamps and proofs in the file it still passes when the signer's
certificate has run out. It is about what was signed; whether something was added afterwards is told by the file's
SHA-256 (`verification.py`), in a hundredth of the time that comparing the revisions of a tagged file takes.
"""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.settings import Settings
from reports.signing import certificates, revocation_lists


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: whose it is, when it was made by its timestamp, its verdict and the norm's reason."""

    field: str
    signer: str
    at: datetime | None
    verdict: str
    reason: str


def signatures_of(pdf: bytes, settings: Settings) -> list[Signature]:
    """The signatures of a file in order, without timestamps of the whole; none in a file that is not signed.

    Raises ValueError for what is no PDF.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        found = list(PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures)
    except PdfError as error:
        raise ValueError(str(error)) from error
    return [asyncio.run(_checked(one, settings)) for one in found]


async def _checked(signature: Any, settings: Settings) -> Signature:
    from pyhanko.sign.validation.ades import ades_lta_validation
    from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec

    result = await ades_lta_validation(
        signature, PdfSignatureValidationSpec(_policy(settings), diff_policy=None)
    )
    return Signature(
        signature.field_name,
        signature.signer_cert.subject.native.get("common_name", signature.signer_cert.subject.human_friendly),
        result.best_signature_time,
        result.ades_subindic.status.name,
        result.ades_subindic.standard_name,
    )


def _policy(settings: Settings) -> Any:
    from asn1crypto.crl import CertificateList
    from pyhanko.sign.validation.policy_decl import (
        LocalKnowledge,
        RevinfoOnlineFetchingRule,
        RevocationInfoGatheringSpec,
        SignatureValidationSpec,
    )
    from pyhanko_certvalidator.context import CertValidationPolicySpec
    from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
    from pyhanko_certvalidator.registry import SimpleTrustManager
    from pyhanko_certvalidator.revinfo.archival import CRLContainer

    roots, between = certificates(settings.trusted_roots)
    return SignatureValidationSpec(
        CertValidationPolicySpec(
            SimpleTrustManager.build(trust_roots=roots), CertRevTrustPolicy(REQUIRE_REVINFO)
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
        ),
        local_knowledge=LocalKnowledge(
            known_certs=between,
            known_crls=[
                CRLContainer(CertificateList.load(data))
                for data in revocation_lists(settings.revocation_lists)
            ],
        ),
    )
