"""Tables of frozen figures: written once, read for ever; the application may insert and select, nothing else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.kit.tables import bigint, document, key, moment, ref, words


class PeriodFreeze(SQLModel, table=True):
    """One freezing of a period (lần chốt số liệu): of the whole city, or of one agency for a correction of its report.

    `as_of` is the data cut-off, `taken_at` the moment whose state of the records it tells. `formulas` tells how each
    measure counted (the SHA-256 of its text), `parameters` with what each row of the plan did, `lines` each ratio by
    agency and by kind of agency, `said` what people had said and decided by then (said.py; empty before it was kept).
    """

    __tablename__ = "period_freeze"
    __table_args__ = (
        Index("ix_period_freeze_period", "period_id", "agency_id"),
        {"comment": "One freezing of a period: cut-off, formulas and parameters (lần chốt số liệu)."},
    )

    id: int | None = key()
    period_id: int = ref("reporting_period.id")
    agency_id: int | None = ref("agency.id", nullable=True)
    as_of: date
    formulas: dict[str, Any] = document()
    parameters: dict[str, Any] = document()
    lines: dict[str, Any] = document()
    said: dict[str, Any] = document()
    sha256: str
    reason: str | None = None
    taken_by: int | None = ref("app_user.id", nullable=True)
    taken_at: datetime = moment()
    created_at: datetime | None = moment(now=True)


class FrozenFigures(SQLModel, table=True):
    """The figures of one agency, or of the city (no agency), in a freezing (hub/kpi/frozen.py)."""

    __tablename__ = "frozen_figures"
    __table_args__ = (
        Index(
            "uq_frozen_figures_agency", "freeze_id", "agency_id", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        {"comment": "Figures of an agency, or of the city, as they were frozen (số liệu đã chốt)."},
    )  # fmt: skip

    id: int | None = key()
    freeze_id: int = ref("period_freeze.id")
    agency_id: int | None = ref("agency.id", nullable=True, index=True)
    figures: dict[str, Any] = document()


class FrozenMembers(SQLModel, table=True):
    """The records behind one figure of one agency, of one kind, packed (hub/kpi/membership.py), with their sums.

    `reasons` are the words that the pack's numbers mean, from 1.
    """

    __tablename__ = "frozen_members"
    __table_args__ = (
        UniqueConstraint("freeze_id", "indicator_code", "agency_id", "kind", name="uq_frozen_members_figure"),
        CheckConstraint("kind in ('file', 'item', 'fonds', 'agency')", name="ck_frozen_members_kind"),
        {"comment": "The records behind a frozen figure, packed (hồ sơ, văn bản làm nên số liệu)."},
    )

    id: int | None = key()
    freeze_id: int = ref("period_freeze.id")
    indicator_code: str
    agency_id: int = ref("agency.id", index=True)
    kind: str
    records: int
    numerator: int = bigint()
    denominator: int = bigint()
    excluded: int = bigint()
    reasons: list[str] = words()
    packed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
