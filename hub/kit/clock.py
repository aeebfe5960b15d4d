"""What day it is in Hà Nội. `HUB_TODAY` sets the clock, so that a demo and a test stand still.

`instant()` is when something happens to a record or a report, on that very day: terms are counted from it. `now()` is
the world's time, whatever the day is set to: of the trail, of credentials, of rows that were touched.
"""

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


def instant() -> datetime:
    """The time of day now, on the hub's day, in UTC."""
    moment = now().astimezone(HANOI)  # one moment: at midnight a second one may be of another day
    fixed = os.environ.get("HUB_TODAY")
    if fixed:
        moment = datetime.combine(date.fromisoformat(fixed), moment.time(), HANOI)
    return moment.astimezone(UTC)
