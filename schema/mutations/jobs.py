"""Long work: cancelled."""

from __future__ import annotations

from typing import Annotated

import strawberry

from hub.access.jobs import cancel_job
from schema.jobs import Job
from schema.mutations.doing import Given, described, do
from schema.mutations.inputs import key_in, needed, once
from schema.problems import IdempotencyKeyReused, Invalid, NotFound, NotPermitted


@strawberry.input(description="Long work to cancel (hủy công việc).")
class CancelJobInput:
    """Input of cancelJob."""

    id: strawberry.ID = needed("The work (công việc).")
    idempotency_key: str | None = once()


CancelJobResult = Annotated[
    Job | NotFound | NotPermitted | Invalid | IdempotencyKeyReused,
    strawberry.union(
        "CancelJobResult", description="The work, or the problem that stood in the way (kết quả)."
    ),
]


@strawberry.type
class JobsMutation:
    """Deeds on long work."""

    @strawberry.mutation(
        description=described(
            "cancelJob", "Ask that long work end; what is over stays as it is (hủy công việc chạy nền)."
        )
    )
    async def cancel_job(self, info: strawberry.Info, input: Given[CancelJobInput]) -> CancelJobResult:
        """See the description."""
        answer: CancelJobResult = await do(
            info,
            "cancelJob",
            Job,
            ("Job", input.id),
            input,
            lambda s, actor: cancel_job(s, actor, key_in("Job", input.id, "id")),
        )
        return answer
