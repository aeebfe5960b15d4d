"""What can go wrong with users, grants and tokens, and the names of things in both languages.

NotFound          UnknownUser
Conflict          UserNameTaken, RolesInConflict, AlreadyGranted, GrantEnded, LinkSpent
NotPermitted      RoleNotGrantable, DelegationNotPassedOn, AdministrationClosed
Problem           StepUpRequired
Invalid           unknown_role, role_needs_agency
"""

from collections.abc import Mapping
from typing import NamedTuple

from hub.kit.errors import Conflict, FieldError, Invalid, NotFound, NotPermitted, Problem
from policies.subject import GRANTABLE_ROLES

STEP_UP_PAGE = "/account/step-up"

# Vietnamese, English
NAMES: Mapping[str, tuple[str, str]] = {
    "fonds": ("phông", "the fonds"),
    "series": ("nhóm hồ sơ", "the series"),
    "file": ("hồ sơ", "the file"),
    "item": ("văn bản", "the document"),
    "digital": ("tệp số", "the digital object"),
    "batch": ("đợt số hóa", "the digitisation batch"),
    "accesschange": ("thay đổi mức tiếp cận", "the change of access"),
    "publication": ("công bố", "the publication"),
    "transfer": ("đợt giao nộp", "the transfer"),
    "disposal": ("hồ sơ tiêu hủy", "the disposal"),
    "request": ("yêu cầu khai thác", "the request"),
    "copy": ("bản sao", "the copy"),
    "import": ("lần nhập dữ liệu", "the import"),
    "job": ("công việc", "the job"),
    "plan": ("kế hoạch", "the plan"),
    "indicator": ("chỉ tiêu", "the indicator"),
    "codelist": ("danh mục mã", "the code list"),
    "kpi": ("số liệu chỉ tiêu", "the figures"),
    "report": ("báo cáo", "the report"),
    "period": ("kỳ báo cáo", "the reporting period"),
    "return": ("báo cáo của cơ quan", "the agency's return"),
    "exclusion": ("trường hợp loại trừ", "the exclusion"),
    "system": ("hệ thống", "the system"),
    "agency": ("cơ quan", "the agency"),
    "user": ("người dùng", "the user"),
    "grant": ("vai trò được cấp", "the grant"),
    "apikey": ("mã truy cập", "the access token"),
    "session": ("phiên làm việc", "the session"),
    "audit": ("nhật ký", "the audit trail"),
    "change": ("thay đổi", "the change"),
    "policy": ("chính sách", "the policy"),
    "setting": ("cấu hình", "the setting"),
}


class StepUpRequired(Problem):
    """He may do it, once he has shown his second factor again."""

    code = "STEP_UP_REQUIRED"

    def __init__(self, action: str, what_vi: str, what_en: str) -> None:
        self.action = action
        super().__init__(
            f"Việc «{action}» đối với {what_vi} cần xác thực lại. Hãy nhập mã xác thực một lần ở trang "
            f"{STEP_UP_PAGE} hoặc gọi stepUp, rồi thực hiện lại.",
            f'To "{action}" {what_en} you prove yourself anew. Enter a one-time code on the page {STEP_UP_PAGE} '
            "or call stepUp, then do it again.",
        )


class Closed(NamedTuple):
    """Why administration is closed to a request: the end of a sentence in Vietnamese and English."""

    vietnamese: str
    english: str


class AdministrationClosed(NotPermitted):
    """He could, from elsewhere or at another time."""

    def __init__(self, action: str, closed: Closed) -> None:
        self.action = action
        Problem.__init__(
            self,
            f"Việc quản trị «{action}» {closed.vietnamese}. Hãy thực hiện lại theo quy định đó.",
            f'Administration ("{action}") {closed.english}. Do it again there and then.',
            code="ADMINISTRATION_CLOSED",
        )


class UnknownUser(NotFound):
    """No user has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"người dùng «{name}»", f'user "{name}"', path=("user",))


class UserNameTaken(Conflict):
    """Another user has this name."""

    code = "USER_NAME_TAKEN"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Tên «{name}» đã có người dùng. Hãy chọn tên khác.",
            f'The name "{name}" is taken. Choose another one.',
            path=("name",),
        )


class RolesInConflict(Conflict):
    """The person holds a role that may not meet the new one (separation of duties)."""

    code = "ROLES_IN_CONFLICT"

    def __init__(self, user: str, role: str, held: str) -> None:
        self.role, self.held = role, held
        super().__init__(
            f"«{user}» đang giữ vai trò {held}, không được giữ thêm {role}. Hãy thu hồi {held} trước.",
            f'"{user}" holds the role {held} and may not hold {role} as well. Revoke {held} first.',
            path=("role",),
        )


class AlreadyGranted(Conflict):
    """He has the role at this place already, so that a second grant would outlive the end of the first."""

    code = "ALREADY_GRANTED"

    def __init__(self, user: str, role: str) -> None:
        super().__init__(
            f"«{user}» đang có vai trò {role} ở nơi này. Hãy thu hồi trước khi cấp lại với thời hạn khác.",
            f'"{user}" has the role {role} there already. Revoke it before giving it with other dates.',
            path=("role",),
        )


class GrantEnded(Conflict):
    """The grant has already ended."""

    code = "GRANT_ENDED"

    def __init__(self) -> None:
        super().__init__(
            "Vai trò này đã hết hiệu lực. Không cần thu hồi nữa.",
            "This grant has already ended. There is nothing to revoke.",
        )


class LinkSpent(Conflict):
    """A sign-in link that is unknown, used or too old: one answer for all three."""

    code = "LINK_SPENT"

    def __init__(self) -> None:
        super().__init__(
            "Liên kết đăng nhập này đã được dùng, đã hết hạn hoặc không đúng. Hãy xin người quản trị liên kết mới.",
            "This sign-in link has been used, has expired or is not a right one. Ask the administrator for a new one.",
        )


class RoleNotGrantable(NotPermitted):
    """None of the caller's roles may grant this one."""

    def __init__(self, role: str) -> None:
        super().__init__("grant", f"vai trò {role}", f"the role {role}", path=("role",))


class DelegationNotPassedOn(NotPermitted):
    """A role that he holds on behalf of somebody is not his to delegate (NĐ 30/2020, Điều 13)."""

    def __init__(self, role: str) -> None:
        super().__init__(
            "grant:delegate",
            f"vai trò {role} được ủy quyền",
            f"the delegated role {role}",
            path=("grant_id",),
        )


def unknown_role(role: str) -> Invalid:
    """The problem of a role that is not in the list."""
    known = ", ".join(GRANTABLE_ROLES)
    return Invalid(
        [
            FieldError(
                "role",
                "UNKNOWN_ROLE",
                f"Không có vai trò «{role}». Các vai trò: {known}.",
                f'There is no role "{role}". The roles are {known}.',
            )
        ]
    )


def role_needs_agency(role: str) -> Invalid:
    """The problem of an agency's role granted nowhere: it would allow nothing."""
    return Invalid(
        [
            FieldError(
                "agency",
                "AGENCY_REQUIRED",
                f"Vai trò {role} phải gắn với một cơ quan. Hãy cho biết mã cơ quan.",
                f"The role {role} is held at an agency. Give the agency's code.",
            )
        ]
    )
