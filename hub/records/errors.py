"""What can stand in the way of a deed on records; each leaf says what to do next.

NotPermitted
├── OwnSubmission           whoever handed a file over does not accept it
└── OwnProposal             whoever proposed wider access does not confirm it

Conflict
├── ReferenceCodeTaken      another record of the agency has the code
├── DuplicateItem           number, notation and issuer are those of a document already registered
├── WrongState              the record is not in a state from which this step starts
├── FileNotNumbered         places of documents in a file are missing or used twice
├── FondsClosed             a closed fonds takes nothing of after its closing
│   └── FondsClosedForWork  nor is a file in it opened again
├── FondsHasOpenFiles       a fonds is closed when its files are
├── AgencyEnded             a body that has ended opens no file
├── AlreadyListed           the document stands in that file already
├── RecordPublished         a published record does not change its access mode
└── AccessChangeDecided     what was proposed waits no more
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hub.kit.errors import Conflict, NotPermitted, Problem


class OwnSubmission(NotPermitted):
    """Two people hand over and accept; no administrator can change that, another person can help."""

    def __init__(self) -> None:
        self.action = "file:accept"
        Problem.__init__(
            self,
            "Người giao nộp hồ sơ không được tự tiếp nhận hồ sơ đó. Hãy để người khác có quyền tiếp nhận làm bước này.",
            "Whoever submitted a file may not accept it. Somebody else with the right to accept must do it.",
        )


class OwnProposal(NotPermitted):
    """Two people open a record: whoever proposed it, or acts for or through him, does not confirm it."""

    def __init__(self) -> None:
        self.action = "accesschange:approve"
        Problem.__init__(
            self,
            "Người đề nghị mở rộng tiếp cận (hoặc người có quan hệ ủy quyền với người đó) không được tự xác nhận. "
            "Hãy để người khác có quyền xác nhận làm bước này.",
            "Whoever proposed wider access, or acts for or through him, may not confirm it. "
            "Somebody else with the right to confirm must do it.",
        )


class ReferenceCodeTaken(Conflict):
    """Another record of the same kind and agency has this code."""

    code = "REFERENCE_CODE_TAKEN"

    def __init__(self, reference_code: str) -> None:
        self.reference_code = reference_code
        super().__init__(
            f"Mã «{reference_code}» đã được dùng trong cơ quan này. Hãy chọn mã khác, hoặc bỏ trống để nhận mã tạm.",
            f'Code "{reference_code}" is already used in this agency. Choose another one, '
            "or leave it out to get a provisional code.",
            path=("code",),
        )


class DuplicateItem(Conflict):
    """A document with the same number, notation and issuer is registered (NĐ 30/2020, Phụ lục VI, III.1.h).

    `existing_id` is None when the caller may not see that document.
    """

    code = "DUPLICATE_ITEM"

    def __init__(self, designation: str, existing_id: int | None, existing_code: str | None) -> None:
        self.existing_id = existing_id
        self.existing_code = existing_code
        known_vi = f" (mã {existing_code})" if existing_code else ""
        known_en = f" (code {existing_code})" if existing_code else ""
        super().__init__(
            f"Văn bản «{designation}» của cùng cơ quan ban hành đã được đăng ký{known_vi}. "
            "Nếu đúng là văn bản khác, hãy gửi lại với allowDuplicate: true.",
            f'Document "{designation}" of the same issuer is already registered{known_en}. '
            "If it is indeed another one, send it again with allowDuplicate: true.",
            path=("number",),
        )


class WrongState(Conflict):
    """The step does not start from the state the record is in."""

    code = "WRONG_STATE"

    def __init__(self, state: str, allowed: Sequence[str], vi: Sequence[str], en: Sequence[str]) -> None:
        self.state = state
        self.allowed = tuple(allowed)
        super().__init__(
            f"Đang ở trạng thái «{vi[0]}»; bước này chỉ làm được ở trạng thái «{'», «'.join(vi[1:])}».",
            f"It is {en[0]}; this can be done only while it is {' or '.join(en[1:])}.",
        )


class FileNotNumbered(Conflict):
    """Documents of the file have no place, or share one."""

    code = "FILE_NOT_NUMBERED"

    def __init__(self, ordinals: Sequence[int]) -> None:
        self.ordinals = tuple(ordinals)
        shown = ", ".join(map(str, self.ordinals[:10]))
        super().__init__(
            f"Văn bản trong hồ sơ chưa được đánh số đúng (số thứ tự {shown} thiếu hoặc trùng). "
            "Hãy sửa số thứ tự rồi kết thúc hồ sơ.",
            f"The documents of the file are not numbered (ordinal {shown} is missing or used twice). "
            "Correct the ordinals, then close the file.",
        )


class FondsClosed(Conflict):
    """The fonds is closed; only what began before its closing may still be described in it."""

    code = "FONDS_CLOSED"

    def __init__(self, closed_on: date | None) -> None:
        self.closed_on = closed_on
        super().__init__(
            f"Phông đã đóng{f' ngày {closed_on:%d/%m/%Y}' if closed_on else ''}. Chỉ bổ sung được tài liệu có ngày "
            "bắt đầu trước ngày đóng: hãy ghi ngày bắt đầu.",
            f"The fonds is closed{f' since {closed_on}' if closed_on else ''}. Only what began before that "
            "day may be added: say when it began.",
            path=("fondsId",),
        )


class FondsClosedForWork(FondsClosed):
    """Work on a file does not go on in a closed fonds, whenever the file began."""

    def __init__(self, closed_on: date | None) -> None:
        self.closed_on = closed_on
        Problem.__init__(
            self,
            f"Phông đã đóng{f' ngày {closed_on:%d/%m/%Y}' if closed_on else ''} nên hồ sơ trong phông không mở lại "
            "được. Có thể sửa thông tin mô tả của hồ sơ.",
            f"The fonds is closed{f' since {closed_on}' if closed_on else ''}, so no file in it is opened again. "
            "What is said of the file may still be corrected.",
        )


class FondsHasOpenFiles(Conflict):
    """The fonds cannot be closed while work on its files goes on."""

    code = "FONDS_HAS_OPEN_FILES"

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"Phông còn {count} hồ sơ chưa kết thúc. Hãy kết thúc các hồ sơ đó trước.",
            f"The fonds still has {count} open files. Close them first.",
        )


class AgencyEnded(Conflict):
    """The body has ended (giải thể, hợp nhất): its successor goes on."""

    code = "AGENCY_ENDED"

    def __init__(self, name: str, ended_on: date) -> None:
        super().__init__(
            f"«{name}» đã kết thúc hoạt động từ ngày {ended_on:%d/%m/%Y}. Hãy lập tại cơ quan kế thừa.",
            f'"{name}" ended on {ended_on}. Use the agency that succeeded it.',
        )


class AlreadyListed(Conflict):
    """The document stands in that file, as its own or as a listed one."""

    code = "ALREADY_LISTED"

    def __init__(self) -> None:
        super().__init__(
            "Văn bản đã có trong hồ sơ này. Không cần đưa vào lần nữa.",
            "The document is in this file already. There is nothing to add.",
            path=("fileId",),
        )


class RecordPublished(Conflict):
    """The record is published under the access mode it has."""

    code = "RECORD_PUBLISHED"

    def __init__(self) -> None:
        super().__init__(
            "Hồ sơ, văn bản đã công bố nên không đổi được chế độ tiếp cận. Hãy thôi công bố trước.",
            "The record is published, so its access mode cannot change. Withdraw the publication first.",
            path=("access",),
        )


class AccessChangeDecided(Conflict):
    """The change was confirmed or rejected, or another came first."""

    code = "ACCESS_CHANGE_DECIDED"

    def __init__(self) -> None:
        super().__init__(
            "Đề nghị thay đổi mức tiếp cận này đã được quyết định hoặc đã bị thay thế. Hãy tải lại danh sách.",
            "This change of access has been decided, or replaced by another. Load the list again.",
        )
