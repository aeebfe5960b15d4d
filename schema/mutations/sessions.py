"""Sessions ended, and the caller's credential proved anew by a one-time code."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import anyio.to_thread
import strawberry

from hub.access import sessions
from hub.access.credentials import second_factor
from hub.access.errors import NAMES
from hub.kit.errors import NotPermitted as Forbidden
from hub.kit.errors import Problem as Raised
from hub.kit.origin import cookie
from schema.access.sessions import Session
from schema.mutations.doing import Given, described, do
from schema.mutations.inputs import key_in, needed, once
from schema.problems import (
    IdempotencyKeyReused,
    Invalid,
    NoSecondFactor,
    NotFound,
    NotPermitted,
    WrongCode,
    told,
)


@strawberry.input(description="A session to end (kết thúc phiên đăng nhập).")
class EndSessionInput:
    """Input of endSession."""

    id: strawberry.ID = needed("The session (phiên đăng nhập).")
    idempotency_key: str | None = once()


@strawberry.input(description="A code that proves who is there (xác thực lại).")
class StepUpInput:
    """Input of stepUp."""

    code: str = needed("The newest code of the app, or a recovery code (mã xác thực một lần).")


@strawberry.type(description="The credential counts as proved anew (đã xác thực lại).")
class SteppedUp:
    """What was refused by StepUpRequired works until then, with the same key, or the session's new cookie."""

    until: datetime = strawberry.field(description="Until when (có hiệu lực đến).")


EndSessionResult = Annotated[
    Session | NotFound | NotPermitted | Invalid | IdempotencyKeyReused,
    strawberry.union(
        "EndSessionResult", description="The session, or the problem that stood in the way (kết quả)."
    ),
]
StepUpResult = Annotated[
    SteppedUp | NotPermitted | NoSecondFactor | WrongCode,
    strawberry.union("StepUpResult", description="Until when it counts, or what stood in the way (kết quả)."),
]


@strawberry.type
class SessionsMutation:
    """Deeds on sessions."""

    @strawberry.mutation(
        description=described(
            "endSession",
            "End a session, one's own elsewhere or with the right to anybody's (kết thúc phiên).",
        )
    )
    async def end_session(self, info: strawberry.Info, input: Given[EndSessionInput]) -> EndSessionResult:
        """See the description."""
        answer: EndSessionResult = await do(
            info,
            "endSession",
            Session,
            ("Session", input.id),
            input,
            lambda s, actor: sessions.revoke_session(s, actor, key_in("Session", input.id, "id")),
        )
        return answer

    @strawberry.mutation(
        description="Prove anew who is there, by a one-time code of one's second factor: approvals, publication, "
        "disposal and grants ask for it with StepUpRequired. It holds for the credential it is called "
        "with, for a few minutes; a session's cookie changes with it. No code serves twice (xác thực lại)."
    )
    async def step_up(self, info: strawberry.Info, input: Given[StepUpInput]) -> StepUpResult:
        """See the description."""
        context = info.context
        actor, shown, settings = context.actor, context.credential, context.settings
        try:
            if actor.id is None or shown is None:
                raise Forbidden("session:step-up", *NAMES["session"])
            done = await anyio.to_thread.run_sync(
                second_factor.step_up, context.seam, settings, actor.id, shown.secret, input.code
            )
        except Raised as problem:
            answer: Any = told(problem, context.language)
            return answer
        if done.secret is not None:
            context.cookies.append(cookie(shown.cookie, done.secret, secure=shown.is_secure, age=None))
        return SteppedUp(until=done.until)
