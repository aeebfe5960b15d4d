"""Whether a request came from a page of the hub itself: what a cookie may be believed with.

A browser sends cookies along with requests that other pages make. It also says where a request comes from, in
headers that no page can write; a program that says neither gets nothing done by a cookie.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# Reading an address takes longer than anything else that is asked of a small request's headers.
KEPT_HOSTS = 1_000


def is_own_page(scope: Mapping[str, Any], headers: Mapping[str, str]) -> bool:
    """The browser's word (Sec-Fetch-Site) where it gives one, else Origin and the address the request was sent to."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return headers.get("origin") == f"{scope.get('scheme', 'http')}://{headers.get('host', '')}"


def client_ip(scope: Mapping[str, Any]) -> str | None:
    """Where the request came from; behind a proxy uvicorn puts the right one here (HUB_TRUSTED_PROXIES)."""
    return _address((scope.get("client") or ("",))[0])


def listener_port(scope: Mapping[str, Any]) -> int | None:
    """On which port of ours the request came in, whatever its headers say; None for a socket without one."""
    server = scope.get("server")
    return server[1] if server else None


@lru_cache(KEPT_HOSTS)
def _address(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:  # a socket of this machine has no address
        return None


def cookie(name: str, value: str, *, secure: bool, age: int | None) -> str:
    """A Set-Cookie line that no script reads and no foreign form sends."""
    parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    parts += ["Secure"] if secure else []
    return "; ".join(parts if age is None else [*parts, f"Max-Age={age}"])
