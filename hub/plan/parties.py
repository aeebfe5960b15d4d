"""Names of bodies as a plan words them, compared with what the bodies are called."""

from __future__ import annotations

from hub.kit.vietnamese import fold

_ALL = ("cac co quan", "cac so")


def is_named(party: str, agency: str) -> bool:
    """Whether a plan's words name an agency.

    «Các cơ quan, tổ chức» are all of them; «Sở Nội vụ (Trung tâm Lưu trữ lịch sử)» are two, and a plan may leave out
    the end of a name (… Thành phố) and shorten «Ủy ban nhân dân».
    """
    wanted = _plain(agency)
    parts = [_plain(part) for part in party.replace(")", "").split("(")]
    return any(part.startswith(_ALL) or wanted == part or wanted == f"{part} thanh pho" for part in parts)


def is_general(party: str) -> bool:
    """Whether a plan's words mean every agency («Các sở, ban, ngành …»)."""
    return _plain(party).startswith(_ALL)


def _plain(name: str) -> str:
    return " ".join(fold(name).replace("ubnd", "uy ban nhan dan").split())
