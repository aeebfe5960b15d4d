"""Who writes to whom: head, addressee, recipients and signature block (NĐ 30/2020, Phụ lục I).

Three letters exist: Home Affairs' synthesis to the City, an agency's own report to the City through Home Affairs,
and what Home Affairs writes to agencies that are late with theirs. The name under the signature and the number above
stay empty: people sign, văn thư numbers.
"""

from reports.model import Letterhead

CITY = "Ủy ban nhân dân thành phố Hà Nội"
PLACE = "Hà Nội"
HOME_AFFAIRS = "Sở Nội vụ"


def city_letter(signed_as: tuple[str, ...] = ()) -> Letterhead:
    """Home Affairs to the City; `signed_as` are the lines of quyền hạn and chức vụ (KT. GIÁM ĐỐC …)."""
    return Letterhead(
        parent=head_lines(CITY),
        organ=(HOME_AFFAIRS,),
        organ_name=HOME_AFFAIRS,
        place=PLACE,
        notation="BC-SNV",
        addressed_to=CITY,
        signed_as=signed_as or ("GIÁM ĐỐC",),
        recipients=(
            "Như trên",
            "Cục Văn thư và Lưu trữ nhà nước (để b/c)",
            "Các cơ quan, tổ chức thực hiện Kế hoạch",
            "Lưu: VT",
        ),
    )


def reminder_letter(signed_as: tuple[str, ...] = ()) -> Letterhead:
    """Home Affairs to the agencies in the list that goes with it; the unit in its notation is left to văn thư."""
    return Letterhead(
        parent=head_lines(CITY),
        organ=(HOME_AFFAIRS,),
        organ_name=HOME_AFFAIRS,
        place=PLACE,
        notation="SNV-………",
        addressed_to="Các cơ quan, tổ chức có tên trong danh sách kèm theo",
        signed_as=signed_as or ("GIÁM ĐỐC",),
        recipients=("Như trên", f"{CITY} (để b/c)", "Giám đốc Sở (để b/c)", "Lưu: VT"),
    )


def head_lines(name: str) -> tuple[str, ...]:
    """A body's name as the head of a document breaks it: people's committees after «Ủy ban nhân dân»."""
    committee = "Ủy ban nhân dân"
    where = name.removeprefix(committee).strip()
    return (committee, where) if where and where != name else (name,)


def agency_letter(name: str, parent: str | None, signed_as: tuple[str, ...] = ()) -> Letterhead:
    """An agency to the City through Home Affairs (IV.5.h); its own abbreviation is left to its văn thư."""
    return Letterhead(
        parent=head_lines(parent or CITY),
        organ=head_lines(name),
        organ_name=name,
        place=PLACE,
        notation="BC-………",
        addressed_to=f"{CITY} (qua {HOME_AFFAIRS})",
        signed_as=signed_as or ("THỦ TRƯỞNG CƠ QUAN",),
        recipients=("Như trên", f"{HOME_AFFAIRS} (để tổng hợp)", "Lưu: VT"),
    )
