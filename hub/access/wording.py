"""The law in words: every role, deed, reach and condition of policy.csv as people say it, in both languages.

    said(rule)   ("Văn thư được kết thúc, … hồ sơ của chính cơ quan mình, khi đang lập.", "A clerk may close …")

The vocabulary is closed like that of the law itself: a test fails for a word of policy.csv that has no wording.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.access.errors import NAMES
from policies.enforcer import Rule
from policies.words import parse

Words = tuple[str, str]

# Vietnamese, English; used with "được" and "may".
ROLES: Mapping[str, Words] = {
    "anyone": ("mọi người", "everybody"),
    "user": ("người đã đăng nhập", "whoever is signed in"),
    "staff": ("chuyên viên", "staff, who make the files of their matters"),
    "clerk": ("văn thư", "the clerk, who registers documents and keeps the agency's files"),
    "officer": ("lưu trữ cơ quan", "the officer, who keeps the agency's archive"),
    "approver": ("người đứng đầu cơ quan", "the head of the agency, who approves"),
    "archivist": ("lưu trữ viên lưu trữ lịch sử", "the archivist, who keeps the historical archive"),
    "archive_head": ("người đứng đầu lưu trữ lịch sử", "the head of the historical archive"),
    "supervisor": ("chuyên viên Sở Nội vụ", "Home Affairs, which oversees"),
    "supervisor_head": ("lãnh đạo Sở Nội vụ", "the head at Home Affairs, who approves and publishes"),
    "leader": ("lãnh đạo Ủy ban nhân dân Thành phố", "leadership of the city"),
    "finance": ("Sở Tài chính", "Finance, which reads figures"),
    "itsec": ("an toàn thông tin", "security of information"),
    "agency_admin": ("quản trị cơ quan", "the agency's administrator, who keeps its users"),
    "sysadmin": ("quản trị hệ thống", "the administrator of the hub"),
    "client": ("phần mềm của cơ quan", "a program of the agency"),
}

ACTIONS: Mapping[str, Words] = {
    "accept": ("tiếp nhận", "accept"),
    "answer": ("trả lời", "answer"),
    "appraise": ("thẩm định", "appraise"),
    "approve": ("phê duyệt", "approve"),
    "cancel": ("hủy", "cancel"),
    "close": ("kết thúc", "close"),
    "confirm_access": ("xác nhận mở rộng tiếp cận", "confirm wider access to"),
    "contact": ("ghi đầu mối liên hệ của", "name whom to call about"),
    "create": ("tạo", "create"),
    "declassify": ("giải mật", "declassify"),
    "delegate": ("ủy quyền", "delegate"),
    "delete": ("xóa", "delete"),
    "disable": ("khóa", "disable"),
    "dissolve": ("giải thể", "dissolve"),
    "download": ("tải về", "download"),
    "enable": ("mở khóa", "enable"),
    "export": ("xuất", "export"),
    "extend": ("gia hạn", "extend the time for"),
    "follow": ("theo dõi, đôn đốc", "follow up"),
    "list": ("đưa vào hồ sơ khác", "list elsewhere"),
    "lock": ("khóa sổ", "close"),
    "merge": ("hợp nhất", "merge"),
    "move": ("chuyển", "move"),
    "open": ("mở", "open"),
    "publish": ("công bố", "publish"),
    "read": ("xem", "read"),
    "read_personal": ("xem dữ liệu cá nhân của", "read the personal data of"),
    "read_restricted": ("xem phần hạn chế của", "read the restricted part of"),
    "read_secret": ("xem phần mật của", "read the secret part of"),
    "rename": ("đổi tên", "rename"),
    "reopen": ("mở lại", "reopen"),
    "return": ("trả lại", "send back"),
    "revoke": ("thu hồi", "revoke"),
    "split": ("chia, tách", "split"),
    "submit": ("nộp", "submit"),
    "unpublish": ("ngừng công bố", "withdraw from publication"),
    "update": ("sửa", "change"),
    "verify": ("xác minh", "verify"),
    "view_as": ("xem thử quyền của", "view as"),
    "withdraw": ("rút", "withdraw"),
}

SCOPES: Mapping[str, Words] = {
    "any": ("", ""),
    "self": ("của chính cơ quan mình", "of his own agency"),
    "tree": ("của cơ quan mình và đơn vị trực thuộc", "of his agency and its units"),
    "hold": ("do cơ quan mình lưu giữ", "in his agency's custody"),
}

# What must hold, and how its opposite is said.
CONDITIONS: Mapping[str, tuple[Words, Words]] = {
    "always": (("", ""), ("không bao giờ", "never")),
    "public": (("có chế độ công khai", "open to the public"), ("không công khai", "not open to the public")),
    "restricted": (
        ("sử dụng có điều kiện hoặc chưa rõ chế độ", "restricted, or of unknown access"),
        ("không hạn chế sử dụng", "not restricted"),
    ),
    "secret": (("mật", "secret"), ("không mật", "not secret")),
    "draft": (("đang lập", "still being made"), ("không còn đang lập", "no longer being made")),
    "submitted": (("đã trình, nộp", "submitted"), ("chưa trình, nộp", "not submitted")),
    "approved": (("đã được duyệt", "approved"), ("chưa được duyệt", "not approved")),
    "disposed": (("đã tiêu hủy", "disposed of"), ("chưa tiêu hủy", "not disposed of")),
    "issued": (("đã ban hành", "issued"), ("chưa ban hành", "not issued")),
    "published": (("đã công bố", "published"), ("chưa công bố", "not published")),
    "on_hold": (("đang bị tạm giữ", "under a hold"), ("không bị tạm giữ", "not under a hold")),
    "transferred": (
        ("đã giao nộp vào lưu trữ lịch sử", "handed over to the historical archive"),
        ("chưa giao nộp vào lưu trữ lịch sử", "not handed over to the historical archive"),
    ),
    "of_unit": (
        ("của đơn vị báo cáo lên cơ quan cấp trên", "of a unit that reports to the body above it"),
        ("của cơ quan báo cáo thẳng lên Sở Nội vụ", "of a body that reports to Home Affairs"),
    ),
    "granted": (("đã được cấp riêng", "granted to him"), ("chưa được cấp riêng", "not granted to him")),
    "mine": (("do chính mình lập", "made by himself"), ("do người khác lập", "made by another")),
    "about_me": (("về chính mình", "about himself"), ("về người khác", "about another")),
    "submitted_by_me": (
        ("do chính mình, hoặc người có quan hệ ủy quyền với mình, trình nộp",
         "submitted by himself, or by one with whom a delegation binds him"),
        ("do người khác trình nộp", "submitted by another"),
    ),
    "approved_by_me": (
        ("do chính mình, hoặc người có quan hệ ủy quyền với mình, duyệt",
         "approved by himself, or by one with whom a delegation binds him"),
        ("do người khác duyệt", "approved by another"),
    ),
    "about_us": (
        ("về chính mình, hoặc người có quan hệ ủy quyền với mình",
         "about himself, or one with whom a delegation binds him"),
        ("về người khác", "about another"),
    ),
}  # fmt: skip


def said(rule: Rule) -> Words:
    """The rule as a sentence in Vietnamese and in English."""
    vietnamese, english = (_sentence(rule, language) for language in (0, 1))
    return vietnamese, english


def _sentence(rule: Rule, language: int) -> str:
    allowed = rule.effect == "allow"
    verb = (("được", "may") if allowed else ("không được", "may not"))[language]
    parts = [
        ROLES[rule.role][language],
        verb,
        ACTIONS[rule.action][language],
        NAMES[rule.resource][language],
        SCOPES[rule.scope][language],
    ]
    conditions = [
        CONDITIONS[word][0 if positive else 1][language] for word, positive in parse(rule.condition)
    ]
    text = " ".join(part for part in parts if part)
    if named := [condition for condition in conditions if condition]:
        text += (", khi ", ", when ")[language] + (" và ", " and ")[language].join(named)
    return text[0].upper() + text[1:] + "."
