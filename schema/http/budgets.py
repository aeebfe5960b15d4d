"""What a caller may ask for in a minute: a number of requests, and a sum of costs as `schema.costs` counts them.

    budgets.enter(payer)                      with every request, before its text is looked at
    spent = budgets.charge(payer, cost)       before any statement over records; `extensions.cost` of the answer

Both raise RateLimited. A payer is a key, a user with a session, or the address of somebody anonymous. Minutes are
those of the clock, so at most twice the sum of one can be had around their border. A process decides by what it
knows, without waiting: its own sums, and those of the others as of the last exchange (`hub.kit.spending`), a second
ago. Stops being exact when a caller is served by many processes and spends a minute's budget within that second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from hub.kit.origin import KEPT_HOSTS
from hub.kit.spending import EXCHANGE_SECONDS, MINUTE, Sums, exchange, forget
from hub.settings import Settings
from schema.errors import RateLimited
from schema.http.context import Services

log = logging.getLogger(__name__)

# Frontends that are being made reload all day, and measurements ask thousands of times: limits are there, far away.
DEVELOPMENT = 1_000
# Payers kept apart in one minute; beyond, those who have spent least recently are forgotten.
KEPT_PAYERS = 50_000
# What a text costs that is refused: validating it takes as long as reading some rows.
REFUSED_TEXT = 20


class Allowance(NamedTuple):
    """What one payer may have in a minute."""

    requests: int
    cost: int


class Spent(NamedTuple):
    """The account of one operation: `extensions.cost`."""

    requested: int
    remaining: int
    reset_at: str

    def as_json(self) -> bytes:
        """The member `"extensions"` of an answer."""
        told = (self.requested, self.remaining, self.reset_at.encode())
        return b'"extensions":{"cost":{"requested":%d,"remaining":%d,"resetAt":"%b"}}' % told


@lru_cache(KEPT_HOSTS)
def address_payer(address: str | None) -> str:
    """Who pays for an anonymous request: its address, or the network of 64 bits that an IPv6 host has to itself."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "ip:?"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return f"ip:{parsed.ipv4_mapped}"
        return f"ip:{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return f"ip:{parsed}"


class Budgets:
    """The accounts of the present minute; `clock` gives seconds since 1970."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        times = DEVELOPMENT if settings.is_development else 1
        self._signed_in = Allowance(settings.requests_per_minute * times, settings.cost_per_minute * times)
        self._anonymous = Allowance(
            settings.anonymous_requests_per_minute * times, settings.anonymous_cost_per_minute * times
        )
        self.clock = clock
        self._minute = -1
        self._reset_at = ""
        self._accounts: dict[str, list[int]] = {}
        self._elsewhere: dict[str, Sums] = {}
        self._told: dict[str, Sums] = {}

    def enter(self, payer: str) -> None:
        """Count a request. Raises RateLimited when there have been too many, or the costs are spent."""
        account, elsewhere = self._account(payer)
        allowance = self._allowance(payer)
        if account[0] + elsewhere.requests >= allowance.requests:
            raise self._refusal(0, 0)
        if account[1] + elsewhere.cost >= allowance.cost:
            raise self._refusal(0, 0)
        account[0] += 1

    def charge(self, payer: str, cost: int) -> Spent:
        """Take the cost of an operation. Raises RateLimited, nothing taken, when not as much is left."""
        account, elsewhere = self._account(payer)
        left = self._allowance(payer).cost - account[1] - elsewhere.cost
        if cost > left:
            raise self._refusal(cost, max(left, 0))
        account[1] += cost
        return Spent(cost, left - cost, self._reset_at)

    def give_back(self, payer: str, spent: Spent) -> None:
        """Undo the cost of an operation, as long as the minute lasts in which it was taken."""
        account, _ = self._account(payer)
        if spent.reset_at == self._reset_at:
            account[1] -= spent.requested

    def untold(self) -> tuple[int, dict[str, Sums]]:
        """The minute, and what its payers spent here since this was asked last."""
        self._turn()
        found = {}
        for payer, (requests, cost) in self._accounts.items():
            before = self._told.get(payer, Sums(0, 0))
            if (requests, cost) != before:
                found[payer] = Sums(requests - before.requests, cost - before.cost)
                self._told[payer] = Sums(requests, cost)
        return self._minute, found

    def hear(self, minute: int, everywhere: dict[str, Sums]) -> None:
        """What these payers spent in all processes, this one included up to the last `untold`."""
        self._turn()
        if minute == self._minute:
            for payer, sums in everywhere.items():
                here = self._told.get(payer, Sums(0, 0))
                self._elsewhere[payer] = Sums(sums.requests - here.requests, sums.cost - here.cost)

    def _account(self, payer: str) -> tuple[list[int], Sums]:
        self._turn()
        account = self._accounts.get(payer)
        if account is None:
            account = self._accounts[payer] = [0, 0]
            if len(self._accounts) > KEPT_PAYERS:
                oldest = next(iter(self._accounts))
                del self._accounts[oldest]
                self._elsewhere.pop(oldest, None)
                self._told.pop(oldest, None)
        return account, self._elsewhere.get(payer, _NOTHING)

    def _turn(self) -> None:
        """A new minute begins with empty accounts."""
        minute = int(self.clock() // MINUTE)
        if minute != self._minute:
            self._minute = minute
            self._accounts, self._elsewhere, self._told = {}, {}, {}
            self._reset_at = f"{datetime.fromtimestamp((minute + 1) * MINUTE, UTC):%Y-%m-%dT%H:%M:%SZ}"

    def _allowance(self, payer: str) -> Allowance:
        return self._anonymous if payer.startswith("ip:") else self._signed_in

    def _refusal(self, cost: int, left: int) -> RateLimited:
        seconds = max(1, int((self._minute + 1) * MINUTE - self.clock()) + 1)
        return RateLimited(seconds, Spent(cost, left, self._reset_at).as_json())


_NOTHING = Sums(0, 0)


@contextlib.asynccontextmanager
async def exchanging(budgets: Budgets, services: Services) -> AsyncIterator[None]:
    """Tell the other processes, and hear from them, as long as the block lasts; alone in the development profile."""
    if services.settings.is_development:
        yield
        return
    task = asyncio.create_task(_exchange(budgets, services))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _exchange(budgets: Budgets, services: Services) -> None:
    last = -1
    while True:
        await asyncio.sleep(EXCHANGE_SECONDS)
        minute, spent = budgets.untold()
        try:
            if minute != last:
                await services.seam.change(partial(forget, minute=minute))
                last = minute
            if spent:
                budgets.hear(
                    minute, await services.seam.change(partial(exchange, minute=minute, spent=spent))
                )
        except Exception as error:  # each process keeps to its own sums until the database is back
            log.warning("budgets are not shared: %s", str(error).split("\n", 1)[0])
