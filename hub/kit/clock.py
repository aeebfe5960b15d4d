"""What day it is in Hà Nội. `HUB_TODAY` sets the clock, so that a demo and a test stand still."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """The date in Hà Nội, or the one set by HUB_TODAY (YYYY-MM-DD)."""
    fixed = os.environ.get("HUB_TODAY")
    return date.fromisoformat(fixed) if fixed else datetime.now(HANOI).date()


def now() -> datetime:
    """The instant now, in UTC (audit and time stamps; never set by HUB_TODAY)."""
    return datetime.now(UTC)
