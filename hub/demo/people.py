"""Users of the demo, one for each role, made by the same commands as real ones.

The keys are shown once and kept in the data folder (mode 0600), so that the next run prints the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.commands import create_token, create_user, grant_role
from hub.access.credentials.identities import link
from hub.access.models import AppUser
from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import open_link
from hub.demo.city import ARCHIVE, CITY, DISTRICT, HOME_AFFAIRS

# Role, full name, the agency it is held at. `user` is a signed-in reader without any role.
PEOPLE: tuple[tuple[str, str, str | None], ...] = (
    ("user", "Bạn đọc mẫu", None),
    ("staff", "Chuyên viên Lê Thu Hà", DISTRICT),
    ("clerk", "Văn thư Trần Minh Châu", DISTRICT),
    ("officer", "Lưu trữ cơ quan Phạm Đức Bình", DISTRICT),
    ("approver", "Chánh Văn phòng Đỗ Quốc Hùng", DISTRICT),
    ("archivist", "Lưu trữ viên Nguyễn Ngọc Lan", ARCHIVE),
    ("archive_head", "Giám đốc Trung tâm Vũ Thanh Sơn", ARCHIVE),
    ("supervisor", "Chuyên viên Sở Nội vụ Bùi Xuân Mai", HOME_AFFAIRS),
    ("supervisor_head", "Lãnh đạo Sở Nội vụ Hoàng Văn Dũng", HOME_AFFAIRS),
    ("leader", "Lãnh đạo Ủy ban nhân dân Thành phố", CITY),
    ("finance", "Chuyên viên Sở Tài chính Ngô Thị Nga", "STC"),
    ("itsec", "An toàn thông tin Đặng Hữu Quang", "STTTT"),
    ("agency_admin", "Quản trị cơ quan Phan Minh Tuấn", DISTRICT),
    ("sysadmin", "Quản trị hệ thống", None),
    ("client", "Phần mềm QLVB của quận Ba Đình", DISTRICT),
)
ROLES = tuple(role for role, _, _ in PEOPLE)
SINCE = date(2020, 1, 1)


def seat_people(session: Session, administrator: Actor, agencies: Mapping[str, int]) -> dict[str, AppUser]:
    """Create the users and give each his role; three more stand for those of the other agencies."""
    users: dict[str, AppUser] = {}
    for role, full_name, code in PEOPLE:
        agency_id = agencies[code] if code else None
        users[role] = create_user(
            session,
            administrator,
            f"demo.{role}",
            full_name,
            agency_id=agency_id,
            is_service=role == "client",
        )
        if role != "user":
            grant_role(
                session,
                administrator,
                users[role],
                role,
                agency_id=agency_id,
                valid_from=SINCE,
                reason="demo",
            )
    for name, full_name in (
        ("registry", "Văn thư các cơ quan (dữ liệu mẫu)"),
        ("keeper", "Lưu trữ các cơ quan (dữ liệu mẫu)"),
        ("head", "Người đứng đầu các cơ quan (dữ liệu mẫu)"),
    ):
        users[name] = create_user(session, administrator, f"demo.{name}", full_name, is_service=True)
    return users


def leaders_link(session: Session) -> str:
    """The secret of a link that signs in as leader once. It is printed where the demo runs, so it opens at once."""
    leader = user_by_name(session, "demo.leader")
    return open_link(session, actor_for_user(session), leader, at_once=True)


def link_to(session: Session, url: str) -> None:
    """Everybody is known to the issuer at this address by his role; the address is that of this run."""
    administrator = actor_for_user(session)
    for role in ROLES:
        if role != "client":
            link(session, administrator, user_by_name(session, f"demo.{role}"), url, f"local-{role}")


def hand_out_tokens(session: Session, administrator: Actor, users: Mapping[str, AppUser]) -> dict[str, str]:
    """A key for each role, in the order of the contract; nobody has a second factor to be asked for."""
    return {
        role: create_token(session, administrator, users[role], "demo", stepped_up=True) for role in ROLES
    }
