"""Openings of access that wait, or waited, for a second person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, text
from sqlmodel import Field, SQLModel

from hub.kit.tables import choice, count, flag, key, moment, ref
from hub.records.models.words import ACCESS_CHANGE_STATES, one_of

_RECORDS = ("fonds", "series", "file", "item")


class AccessChange(SQLModel, table=True):
    """A wider access to one record (thay đổi mức tiếp cận): proposed by one, confirmed or rejected by another.

    The record itself stays as closed as it was until the change is CONFIRMED, so that no list, count, facet or
    search need know of it. Levels are those of the record; REPLACED: another proposal, or a tightening, came first.
    """

    __tablename__ = "access_change"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(fonds_id, series_id, file_id, item_id) = 1", name="ck_access_change_of_one"
        ),
        one_of("state", ACCESS_CHANGE_STATES, "access_change"),
        CheckConstraint(
            "access_before between 0 and 2 and access_after between 0 and 2", name="ck_access_change_levels"
        ),
        CheckConstraint(
            "coalesce(access_after, 1) <= coalesce(access_before, 1) and personal_after <= personal_before"
            " and (coalesce(access_after, 1) < coalesce(access_before, 1) or personal_after < personal_before)",
            name="ck_access_change_opens",
        ),
        CheckConstraint("(state = 'PROPOSED') = (decided_at is null)", name="ck_access_change_decided"),
        CheckConstraint(
            "state <> 'CONFIRMED' or (decided_by is not null and decided_by <> proposed_by)",
            name="ck_access_change_confirmed_by_another",
        ),
        *(
            Index(f"ix_access_change_{name}", f"{name}_id", postgresql_where=text(f"{name}_id is not null"))
            for name in _RECORDS
        ),
        *(
            Index(
                f"uq_access_change_{name}_waiting",
                f"{name}_id",
                unique=True,
                postgresql_where=text("state = 'PROPOSED'"),
            )
            for name in _RECORDS
        ),
        {
            "comment": "Mở rộng tiếp cận chờ người thứ hai xác nhận · wider access that waits for a second person"
        },
    )

    id: int | None = key()
    fonds_id: int | None = ref("fonds.id", nullable=True)
    series_id: int | None = ref("series.id", nullable=True)
    file_id: int | None = ref("file.id", nullable=True)
    item_id: int | None = ref("item.id", nullable=True)
    access_before: int | None = Field(default=None, sa_type=SmallInteger)
    access_after: int | None = Field(default=None, sa_type=SmallInteger)
    personal_before: bool = flag()
    personal_after: bool = flag()
    state: str = choice("PROPOSED")
    proposed_by: int = ref("app_user.id")
    proposed_at: datetime | None = moment(now=True)
    decided_by: int | None = ref("app_user.id", nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    note: str | None = None
    version: int = count(1)


def place_of(t: str) -> dict[str, str]:
    """SQL of the owner and the custodian of the record that the row `t` of access_change is about."""
    return {
        column: "coalesce("
        + ", ".join(f"(select r.{column} from {name} r where r.id = {t}.{name}_id)" for name in _RECORDS)
        + ")"
        for column in ("agency_id", "custodian_id")
    }
