"""Files: opened, described, closed, reopened, and handed over inside the agency (IV.5.đ)."""

from __future__ import annotations

from typing import Annotated

import strawberry

from hub.records import commands
from schema.mutations.doing import Given, described, do, today
from schema.mutations.inputs import (
    FileDescription,
    file_facts,
    key_in,
    needed,
    once,
    said,
    version,
)
from schema.problems import (
    AgencyEnded,
    FileNotNumbered,
    FondsClosed,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    RecordPublished,
    ReferenceCodeTaken,
    StaleVersion,
    WrongState,
)
from schema.records.file import ArchivalFile


@strawberry.input(description="A new file (mở hồ sơ).")
class OpenFileInput(FileDescription):
    """Input of openFile."""

    fonds_id: strawberry.ID = needed("The fonds (phông).")
    idempotency_key: str | None = once()


@strawberry.input(description="What changes in the description of a file (biên mục hồ sơ).")
class DescribeFileInput(FileDescription):
    """Input of describeFile."""

    id: strawberry.ID = needed("The file (hồ sơ).")
    expected_version: int = version()
    idempotency_key: str | None = once()


@strawberry.input(description="A file to close (kết thúc hồ sơ).")
class CloseFileInput:
    """Input of closeFile."""

    id: strawberry.ID = needed("The file (hồ sơ).")
    expected_version: int = version()
    idempotency_key: str | None = once()


@strawberry.input(description="A file to open again (mở lại hồ sơ).")
class ReopenFileInput:
    """Input of reopenFile."""

    id: strawberry.ID = needed("The file (hồ sơ).")
    expected_version: int = version()
    reason: str | None = said("Why; kept in the audit (lý do).")
    idempotency_key: str | None = once()


@strawberry.input(description="A file to hand over (nộp hồ sơ).")
class SubmitFileInput:
    """Input of submitFile."""

    id: strawberry.ID = needed("The file (hồ sơ).")
    expected_version: int = version()
    idempotency_key: str | None = once()


@strawberry.input(description="A file to accept (tiếp nhận hồ sơ).")
class AcceptFileInput:
    """Input of acceptFile."""

    id: strawberry.ID = needed("The file (hồ sơ).")
    expected_version: int = version()
    note: str | None = said("What is to be noted (ý kiến).")
    idempotency_key: str | None = once()


@strawberry.input(description="A file to send back (trả lại hồ sơ).")
class SendBackFileInput:
    """Input of sendBackFile."""

    id: strawberry.ID = needed("The file (hồ sơ).")
    expected_version: int = version()
    reason: str = needed("Why; shown to who submitted it (lý do).")
    idempotency_key: str | None = once()


OpenFileResult = Annotated[
    ArchivalFile
    | NotFound
    | NotPermitted
    | Invalid
    | ReferenceCodeTaken
    | FondsClosed
    | AgencyEnded
    | IdempotencyKeyReused,
    strawberry.union(
        "OpenFileResult", description="The file, or the problem that stood in the way (kết quả)."
    ),
]
DescribeFileResult = Annotated[
    ArchivalFile
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongState
    | ReferenceCodeTaken
    | RecordPublished
    | IdempotencyKeyReused,
    strawberry.union(
        "DescribeFileResult", description="The file, or the problem that stood in the way (kết quả)."
    ),
]
CloseFileResult = Annotated[
    ArchivalFile
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongState
    | FileNotNumbered
    | IdempotencyKeyReused,
    strawberry.union(
        "CloseFileResult", description="The file, or the problem that stood in the way (kết quả)."
    ),
]
ReopenFileResult = Annotated[
    ArchivalFile
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongState
    | FondsClosed
    | IdempotencyKeyReused,
    strawberry.union(
        "ReopenFileResult", description="The file, or the problem that stood in the way (kết quả)."
    ),
]
SubmitFileResult = Annotated[
    ArchivalFile | NotFound | NotPermitted | Invalid | StaleVersion | WrongState | IdempotencyKeyReused,
    strawberry.union(
        "SubmitFileResult", description="The file, or the problem that stood in the way (kết quả)."
    ),
]
AcceptFileResult = Annotated[
    ArchivalFile | NotFound | NotPermitted | Invalid | StaleVersion | WrongState | IdempotencyKeyReused,
    strawberry.union(
        "AcceptFileResult", description="The file, or the problem that stood in the way (kết quả)."
    ),
]
SendBackFileResult = Annotated[
    ArchivalFile | NotFound | NotPermitted | Invalid | StaleVersion | WrongState | IdempotencyKeyReused,
    strawberry.union(
        "SendBackFileResult", description="The file, or the problem that stood in the way (kết quả)."
    ),
]


@strawberry.type
class FilesMutation:
    """Deeds on files."""

    @strawberry.mutation(description=described("openFile", "Open a file in a fonds (mở hồ sơ)."))
    async def open_file(self, info: strawberry.Info, input: Given[OpenFileInput]) -> OpenFileResult:
        """See the description."""
        answer: OpenFileResult = await do(
            info,
            "openFile",
            ArchivalFile,
            ("Fonds", input.fonds_id),
            input,
            lambda s, actor: commands.open_file(
                s, actor, key_in("Fonds", input.fonds_id, "fonds_id"), file_facts(input), on=today()
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "describeFile",
            "Change what is said of a file; a changed access mode is audited with both values (biên mục hồ sơ).",
        )
    )
    async def describe_file(
        self, info: strawberry.Info, input: Given[DescribeFileInput]
    ) -> DescribeFileResult:
        """See the description."""
        answer: DescribeFileResult = await do(
            info,
            "describeFile",
            ArchivalFile,
            ("ArchivalFile", input.id),
            input,
            lambda s, actor: commands.describe_file(
                s, actor, key_in("ArchivalFile", input.id, "id"), input.expected_version, file_facts(input)
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "closeFile",
            "Close a file when its work has ended and its documents are numbered (kết thúc hồ sơ).",
        )
    )
    async def close_file(self, info: strawberry.Info, input: Given[CloseFileInput]) -> CloseFileResult:
        """See the description."""
        answer: CloseFileResult = await do(
            info,
            "closeFile",
            ArchivalFile,
            ("ArchivalFile", input.id),
            input,
            lambda s, actor: commands.close_file(
                s, actor, key_in("ArchivalFile", input.id, "id"), input.expected_version, on=today()
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "reopenFile", "Open a closed file again, as long as it was not submitted (mở lại hồ sơ)."
        )
    )
    async def reopen_file(self, info: strawberry.Info, input: Given[ReopenFileInput]) -> ReopenFileResult:
        """See the description."""
        answer: ReopenFileResult = await do(
            info,
            "reopenFile",
            ArchivalFile,
            ("ArchivalFile", input.id),
            input,
            lambda s, actor: commands.reopen_file(
                s, actor, key_in("ArchivalFile", input.id, "id"), input.expected_version, input.reason or None
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "submitFile",
            "Hand a closed file over to the archive of the agency (nộp hồ sơ vào Lưu trữ cơ quan).",
        )
    )
    async def submit_file(self, info: strawberry.Info, input: Given[SubmitFileInput]) -> SubmitFileResult:
        """See the description."""
        answer: SubmitFileResult = await do(
            info,
            "submitFile",
            ArchivalFile,
            ("ArchivalFile", input.id),
            input,
            lambda s, actor: commands.submit_file(
                s, actor, key_in("ArchivalFile", input.id, "id"), input.expected_version
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "acceptFile", "Accept a submitted file; never by who submitted it (tiếp nhận hồ sơ)."
        )
    )
    async def accept_file(self, info: strawberry.Info, input: Given[AcceptFileInput]) -> AcceptFileResult:
        """See the description."""
        answer: AcceptFileResult = await do(
            info,
            "acceptFile",
            ArchivalFile,
            ("ArchivalFile", input.id),
            input,
            lambda s, actor: commands.accept_file(
                s, actor, key_in("ArchivalFile", input.id, "id"), input.expected_version, input.note or None
            ),
        )
        return answer

    @strawberry.mutation(
        description=described("sendBackFile", "Send a submitted file back with the reason (trả lại hồ sơ).")
    )
    async def send_back_file(
        self, info: strawberry.Info, input: Given[SendBackFileInput]
    ) -> SendBackFileResult:
        """See the description."""
        answer: SendBackFileResult = await do(
            info,
            "sendBackFile",
            ArchivalFile,
            ("ArchivalFile", input.id),
            input,
            lambda s, actor: commands.send_back_file(
                s, actor, key_in("ArchivalFile", input.id, "id"), input.expected_version, input.reason
            ),
        )
        return answer
