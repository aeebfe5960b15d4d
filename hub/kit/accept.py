"""What a client prefers, as its Accept headers say: qualities, and the language to answer in."""

from __future__ import annotations

from functools import lru_cache

# Clients are many, the headers they send few.
KEPT_HEADERS = 64


def qualities(header: str) -> list[tuple[str, float]]:
    """The values of an Accept-like header, best first; equal ones in the order they were sent."""
    found = []
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if name and quality > 0:
            found.append((name, quality))
    return sorted(found, key=lambda pair: -pair[1])


@lru_cache(KEPT_HEADERS)
def language(accept_language: str | None) -> str:
    """`vi` or `en`, whichever the client prefers; `vi` when it prefers neither."""
    for name, _ in qualities(accept_language or ""):
        code = name.split("-", 1)[0]
        if code in ("vi", "en"):
            return code
    return "vi"
