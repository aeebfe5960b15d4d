"""Bodies of the demo that change within the plan's years: one is renamed, one merges, one is divided.

Units of districts, which have no archive of their own: the city's figures stay, lines of the tables move.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.commands import create_agency, rename_agency
from hub.records.commands import merge_agencies, split_agency
from hub.records.commands.succession import Part

MERGED_ON, DIVIDED_ON = date(2025, 3, 1), date(2024, 7, 1)
MERGER = "Nghị quyết 09/NQ-HĐND (dữ liệu mẫu)"
DIVISION = "Quyết định 17/QĐ-UBND (dữ liệu mẫu)"


def change_bodies(session: Session, actor: Actor, agencies: Mapping[str, int], on: date) -> None:
    """Rename Tây Hồ's office of the environment, merge Cầu Giấy's into its finance office, divide Long Biên's."""
    rename_agency(
        session, actor, agencies["PTNMT-TAYHO"], None, name="Phòng Nông nghiệp và Môi trường quận Tây Hồ",
        code=None, effective_on=MERGED_ON, decision=MERGER, on=on,
    )  # fmt: skip
    merge_agencies(
        session, actor, [(agencies["PTNMT-CAUGIAY"], None)], agencies["PTCKH-CAUGIAY"], effective_on=MERGED_ON,
        decision=MERGER, decided_on=date(2025, 2, 20), on=on,
    )  # fmt: skip
    finance, planning = (
        create_agency(
            session, actor, f"{name} quận Long Biên", parent_id=agencies["UBND-LONGBIEN"], kind="UNIT",
            code=f"{code}-LONGBIEN", valid_from=DIVIDED_ON, on=on, decision=DIVISION,
        ).id or 0
        for name, code in (("Phòng Tài chính", "PTC"), ("Phòng Kế hoạch", "PKH"))
    )  # fmt: skip
    divided = agencies["PTCKH-LONGBIEN"]
    matters = list(
        session.connection().scalars(
            text("select id from series where agency_id = :id order by position offset 1 limit 2"),
            {"id": divided},
        )
    )
    split_agency(
        session, actor, divided, None, [Part(finance), Part(planning, series=matters)], effective_on=DIVIDED_ON,
        decision=DIVISION, decided_on=date(2024, 6, 14), on=on,
    )  # fmt: skip
