"""Whether administration is open: from which networks, within which hours, on which port (QĐ 742/QĐ-BTTTT, level 3).

    closed = closed_now(settings, client_ip, port)     None, or why it is closed to this request
    actor = actor.without_administration(closed)       the same person without the roles that administer

An administrator who asks from elsewhere is let in, but holds none of his administering roles (`ADMINISTRATORS`)
meanwhile: lists, counts and deeds follow from that by themselves, and what he is refused says why. Commands at the
machine are not asked: whoever runs them holds the database anyway.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime

from hub.access.errors import Closed
from hub.kit import clock
from hub.settings import Hours, Settings


def closed_now(settings: Settings, client_ip: str | None, port: int | None) -> Closed | None:
    """Why administration is closed to a request from this address, on this port of ours, now; None when it is open.

    An unknown address is in no network. The address is that of the person, as a trusted proxy tells it.
    """
    if settings.admin_port is not None and port != settings.admin_port:
        return Closed(
            f"chỉ làm được qua cổng quản trị {settings.admin_port}",
            f"is done through the administration port {settings.admin_port} only",
        )
    if settings.admin_cidrs and not is_within(settings.admin_cidrs, client_ip):
        return Closed(
            "chỉ làm được từ mạng quản trị đã định trước",
            "is done from the networks set for administration only",
        )
    hours = settings.admin_hours
    if hours is not None and not is_open(hours, clock.now()):
        return Closed(
            f"chỉ làm được từ {hours.opens:%H:%M} đến {hours.closes:%H:%M} (giờ Hà Nội)",
            f"is done from {hours.opens:%H:%M} to {hours.closes:%H:%M} only (Hà Nội time)",
        )
    return None


def is_within(networks: tuple[str, ...], address: str | None) -> bool:
    """Whether an address lies in one of the networks; an IPv4 address told as IPv6 (::ffff:…) is the same one."""
    if address is None:
        return False
    found = ipaddress.ip_address(address)
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in ipaddress.ip_network(network) for network in networks)


def is_open(hours: Hours, moment: datetime) -> bool:
    """Whether the moment lies within the hours in Hà Nội; those that end before they begin go over midnight."""
    now = moment.astimezone(clock.HANOI).time()
    if hours.opens <= hours.closes:
        return hours.opens <= now < hours.closes
    return now >= hours.opens or now < hours.closes


def told(settings: Settings) -> tuple[str, str]:
    """From where and when administration is open, in Vietnamese and English, for `hub doctor`."""
    vietnamese, english = [], []
    if settings.admin_cidrs:
        listed = ", ".join(settings.admin_cidrs)
        vietnamese.append(f"từ {listed}")
        english.append(f"from {listed}")
    if (hours := settings.admin_hours) is not None:
        span = f"{hours.opens:%H:%M}–{hours.closes:%H:%M}"
        vietnamese.append(f"trong giờ {span}")
        english.append(f"within {span}")
    if settings.admin_port is not None:
        vietnamese.append(f"cổng {settings.admin_port}")
        english.append(f"on port {settings.admin_port}")
    if not english:
        return "từ mọi nơi, mọi lúc (HUB_ADMIN_CIDRS, HUB_ADMIN_HOURS, HUB_ADMIN_PORT chưa đặt)", (
            "from everywhere, at any time (HUB_ADMIN_CIDRS, HUB_ADMIN_HOURS, HUB_ADMIN_PORT are not set)"
        )
    return ", ".join(vietnamese), ", ".join(english)
