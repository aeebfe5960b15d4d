"""When keys were last used, and that somebody signed in is still there: noted once a minute, outside any request."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.commands import note_used
from hub.access.credentials.rules import idle_of
from hub.access.sessions import note_seen
from hub.kit.seam import Seam
from hub.settings import Settings
from schema.http.credentials import Credential

SECONDS = 60
log = logging.getLogger("hub.graphql")


class Uses:
    """The credentials of this process that were shown and found good since the last noting."""

    def __init__(self, settings: Settings, seam: Seam) -> None:
        self._settings, self._seam = settings, seam
        self._seen: dict[Credential, Actor] = {}

    def note(self, shown: Credential, actor: Actor) -> None:
        """It was used now."""
        self._seen[shown] = actor

    async def write(self) -> None:
        """Write down what was used since the last time."""
        seen, self._seen = self._seen, {}
        if seen:
            await self._seam.change(lambda session: self._written(session, seen))

    @contextlib.asynccontextmanager
    async def written(self) -> AsyncIterator[None]:
        """Writes every minute as long as it is entered, and what is left on leaving."""
        task = asyncio.create_task(self._keep_writing())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            with contextlib.suppress(SQLAlchemyError):
                await self.write()

    async def _keep_writing(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            try:
                await self.write()
            except SQLAlchemyError as error:  # a database that is away is tried again with the next
                log.warning("uses of credentials were not noted (%s)", str(error).split("\n", 1)[0])

    def _written(self, session: Session, seen: dict[Credential, Actor]) -> None:
        note_seen(
            session, {shown.secret: self._idle(actor) for shown, actor in seen.items() if shown.is_session}
        )
        note_used(session, [shown.secret for shown in seen if not shown.is_session])

    def _idle(self, actor: Actor) -> timedelta:
        subject = actor.holder
        return idle_of(self._settings, subject.roles, is_device=subject.reads_only)
