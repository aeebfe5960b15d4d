"""Who writes to whom: head, addressee, recipients and signature block (NĐ 30/2020, Phụ lục I).

Two letters exist: Home Affairs' synthesis to the City, and an agency's own report to the City through Home
Affairs. The name under the signature and the number above stay empty: people sign, văn thư numbers.
"""

from reports.model import Letterhead

CITY = "Ủy ban nhân dân thành phố Hà Nội"
CITY_LINES = ("Ủy ban nhân dân", "thành phố Hà Nội")
PLACE = "Hà Nội"
HOME_AFFAIRS = "Sở Nội vụ"


def city_letter(signed_as: tuple[str, ...] = ()) -> Letterhead:
    """Home Affairs to the City; `signed_as` are the lines of quyền hạn and chức vụ (KT. GIÁM ĐỐC …)."""
    return Letterhead(
        parent=CITY_LINES,
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


def agency_letter(name: str, parent: str | None, signed_as: tuple[str, ...] = ()) -> Letterhead:
    """An agency to the City through Home Affairs (IV.5.h); its own abbreviation is left to its văn thư."""
    return Letterhead(
        parent=(parent,) if parent else CITY_LINES,
        organ=(name,),
        organ_name=name,
        place=PLACE,
        notation="BC-………",
        addressed_to=f"{CITY} (qua {HOME_AFFAIRS})",
        signed_as=signed_as or ("THỦ TRƯỞNG CƠ QUAN",),
        recipients=("Như trên", f"{HOME_AFFAIRS} (để tổng hợp)", "Lưu: VT"),
    )
