"""Agencies (cơ quan, tổ chức): who creates, owns and keeps records."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from hub.agencies import models
from schema.compiler.declarations import (
    ID,
    Key,
    One,
    Page,
    Source,
    by,
    column,
    condition,
    connection,
    expression,
    identifier,
    offers,
    part,
    record,
    root,
    several,
    to_one,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import Agencies, AllFonds, AnAgency, Files
from schema.node import Node
from schema.records.conditions import agency_of, any_of, codes, key_of, words
from schema.records.filters import FileFilter, FondsFilter
from schema.records.orders import FileOrder, FondsOrder
from schema.vocabulary import Action

_ = strawberry.enum_value
_CODE = Key("code", "{t}.code", "text")
_NAME = Key("name", "{t}.name_sort", "text")


@strawberry.enum(description="Kinds of agencies (loại cơ quan).")
class AgencyKind(Enum):
    """What an agency is."""

    CITY = _("CITY", description="The city itself (thành phố).")
    DEPARTMENT = _("DEPARTMENT", description="Department of the city (sở).")
    BOARD = _("BOARD", description="Board or committee (ban).")
    DISTRICT = _("DISTRICT", description="District (quận, huyện, thị xã).")
    COMMUNE = _("COMMUNE", description="Commune or ward (xã, phường).")
    UNIT = _("UNIT", description="Unit of an agency (đơn vị trực thuộc).")
    ARCHIVE = _("ARCHIVE", description="Archive (trung tâm lưu trữ).")
    ENTERPRISE = _("ENTERPRISE", description="State enterprise (doanh nghiệp nhà nước).")
    ASSOCIATION = _("ASSOCIATION", description="Association (hội).")


@strawberry.enum(description="Orders of agencies (thứ tự cơ quan).")
class AgencyOrder(Enum):
    """Orders of agencies."""

    ID_ASC = by(ID, description="As entered (theo thứ tự nhập).")
    ID_DESC = by(ID, descending=True, description="Last entered first (mới nhập trước).")
    CODE_ASC = by(_CODE, description="By code (theo mã).")
    CODE_DESC = by(_CODE, descending=True, description="By code, backwards (theo mã, ngược).")
    NAME_ASC = by(_NAME, description="By name in the Vietnamese alphabet (theo tên).")
    NAME_DESC = by(_NAME, descending=True, description="By name, backwards (theo tên, ngược).")


@strawberry.input(description="Which agencies; every field given must hold (bộ lọc cơ quan).")
class AgencyFilter:
    """Conditions on agencies."""

    codes: list[str] | None = codes()
    kinds: list[AgencyKind] | None = any_of("kind", "Any of these kinds (loại cơ quan).")
    text: str | None = words()
    parent_id: strawberry.ID | None = condition(
        "{t}.parent_id = {v}", "bigint", "Right below this agency (cơ quan cấp trên).", reads=key_of("Agency")
    )
    valid_on: date | None = condition(
        "(({t}.valid_from is null or {t}.valid_from <= {v}) and ({t}.valid_to is null or {t}.valid_to > {v}))",
        "date",
        "In being on this day (tồn tại vào ngày).",
    )


@record(
    models.AgencyCode,
    resource="agency",
    facts={"id": "{t}.agency_id"},
    description="A code of an agency in one scheme (mã cơ quan theo hệ mã).",
)
class AgencyCode:
    """A dated code."""

    scheme: str = column("scheme", "The scheme (hệ mã).")
    value: str = column("value", "The code (mã).")
    valid_from: date | None = column("valid_from", "In force from (có hiệu lực từ).")
    valid_to: date | None = column("valid_to", "In force until (có hiệu lực đến).")


@strawberry.enum(description="How one agency follows another (hình thức kế thừa).")
class SuccessionKind(Enum):
    """Kinds of succession."""

    MERGED = _("MERGED", description="It ended and went into the other (hợp nhất, sáp nhập).")
    DIVIDED = _("DIVIDED", description="It ended and the other is one of several that follow (chia).")
    SEPARATED = _("SEPARATED", description="It goes on, and a part of it went to the other (tách).")
    DISSOLVED = _(
        "DISSOLVED", description="It was dissolved and the other took over (giải thể, có cơ quan tiếp nhận)."
    )
    ARCHIVED = _(
        "ARCHIVED",
        description="It was dissolved and the other, a historical archive, keeps its records (giải thể, nộp lưu trữ "
        "lịch sử).",
    )


@record(
    models.AgencyName,
    resource="agency",
    facts={"id": "{t}.agency_id"},
    description="A name of an agency with its dates (tên cơ quan theo thời gian).",
)
class AgencyName:
    """A dated name."""

    name: str = column("name", "The name (tên).")
    valid_from: date | None = column("valid_from", "Borne from; null: from the beginning (mang tên từ).")
    valid_to: date | None = column(
        "valid_to", "Borne until; null: the name it has, or had when it ended (mang tên đến)."
    )
    decision: str | None = column("decision", "The decision that gave it (quyết định).")


@record(
    models.AgencyParent,
    resource="agency",
    facts={"id": "{t}.agency_id"},
    description="Where an agency stood between two dates (cơ quan cấp trên theo thời gian).",
)
class AgencyParent:
    """A dated place in the tree."""

    parent: AnAgency | None = to_one("parent_id", "The body above; null: none (cơ quan cấp trên).")
    valid_from: date | None = column("valid_from", "Since; null: from the beginning (từ ngày).")
    valid_to: date | None = column("valid_to", "Until; null: still, or when it ended (đến ngày).")
    decision: str | None = column("decision", "The decision (quyết định).")


@record(
    models.AgencySuccession,
    resource="agency",
    facts={"id": "{t}.predecessor_id"},
    description="One agency following another from a day (kế thừa giữa hai cơ quan).",
)
class AgencySuccession:
    """A dated step with its decision."""

    predecessor: AnAgency | None = to_one("predecessor_id", "Who was followed (cơ quan tiền thân).")
    successor: AnAgency | None = to_one("successor_id", "Who follows (cơ quan kế thừa).")
    kind: SuccessionKind = column("kind", "How (hình thức).")
    effective_on: date = column("effective_on", "From this day (từ ngày).")
    decision: str | None = column("decision", "The decision (số quyết định).")
    decided_on: date | None = column("decided_on", "When it was signed (ngày ký).")


@strawberry.type(description="What an agency was before, and what became of it (lịch sử cơ quan).")
class AgencyHistory:
    """Names, places and successions, the oldest first; codes stand on the agency."""

    names: list[AgencyName] = several(
        "{t}.agency_id = {p}.id", "{t}.valid_to, {t}.id", "The names it bore (các tên)."
    )
    parents: list[AgencyParent] = several(
        "{t}.agency_id = {p}.id", "{t}.valid_to, {t}.id", "Where it stood (các cơ quan cấp trên)."
    )
    came_from: list[AgencySuccession] = several(
        "{t}.successor_id = {p}.id",
        "{t}.effective_on, {t}.id",
        "Bodies it followed, wholly or in part (kế thừa từ).",
    )
    went_into: list[AgencySuccession] = several(
        "{t}.predecessor_id = {p}.id",
        "{t}.effective_on, {t}.id",
        "Bodies that followed it, wholly or in part (được kế thừa bởi).",
    )


_SOURCE = (
    "exists (select 1 from source_membership m where m.agency_id = {t}.id and m.valid_from <= :today"
    " and (m.valid_to is null or m.valid_to > :today))"
)


@record(
    models.Agency, resource="agency", description="A body of the city or a unit of one (cơ quan, tổ chức)."
)
class Agency(Node):
    """An agency."""

    id: strawberry.ID = identifier()
    code: str = column("code", "Its code in the hub (mã cơ quan).")
    name: str = column("name", "Its name today; earlier ones stand in history (tên cơ quan).")
    kind: AgencyKind = column("kind", "What it is (loại).")
    parent: AnAgency | None = to_one("parent_id", "The body it belongs to today (cơ quan cấp trên).")
    codes: list[AgencyCode] = several(
        "{t}.agency_id = {p}.id",
        "{t}.scheme, {t}.valid_from, {t}.value",
        "Its codes in all schemes (các mã).",
    )
    history: AgencyHistory = part(
        "Names, places in the tree and successions with their dates and decisions (lịch sử)."
    )
    is_transfer_source: bool = expression(
        _SOURCE, "On the source list today: hands records to the historical archive (nguồn nộp lưu)."
    )
    is_historical_archive: bool = column("is_historical_archive", "Keeps records for ever (lưu trữ lịch sử).")
    valid_from: date | None = column("valid_from", "In being from (thành lập).")
    valid_to: date | None = column("valid_to", "In being until (giải thể).")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
    viewer_can: list[Action] = offers(
        "What the caller may do with it (thao tác được phép).",
        not_ended="({t}.valid_to is null or {t}.valid_to > :today)",
    )

    @connection("{t}.parent_id = {p}.id")
    def children(
        self,
        filter: AgencyFilter | None = UNSET,
        order_by: AgencyOrder | None = AgencyOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Agencies:
        """Units right below (đơn vị trực thuộc)."""
        raise NotImplementedError

    @connection("{t}.id in (select c.predecessor_id from agency_succession c where c.successor_id = {p}.id)")
    def predecessors(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Agencies:
        """Bodies it followed (cơ quan tiền thân)."""
        raise NotImplementedError

    @connection("{t}.id in (select c.successor_id from agency_succession c where c.predecessor_id = {p}.id)")
    def successors(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Agencies:
        """Bodies that followed it (cơ quan kế thừa)."""
        raise NotImplementedError

    @connection("{t}.agency_id = {p}.id")
    def fonds_list(
        self,
        filter: FondsFilter | None = UNSET,
        order_by: FondsOrder | None = FondsOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AllFonds:
        """Fonds it owns now (các phông)."""
        raise NotImplementedError

    @connection("{t}.creator_id = {p}.id")
    def created_fonds(
        self,
        filter: FondsFilter | None = UNSET,
        order_by: FondsOrder | None = FondsOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AllFonds:
        """Fonds it created, whoever owns them now (các phông do cơ quan hình thành)."""
        raise NotImplementedError

    @connection("{t}.agency_id = {p}.id")
    def files(
        self,
        filter: FileFilter | None = UNSET,
        order_by: FileOrder | None = FileOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Files:
        """Files it owns now (các hồ sơ)."""
        raise NotImplementedError


@strawberry.type(description="A page of agencies (danh sách cơ quan).")
class AgencyConnection(Connection[Agency]):
    """Connection to agencies."""


@strawberry.type
class AgenciesQuery:
    """Reads of agencies."""

    @root(Page((Source("true"),)))
    def agencies(
        self,
        filter: AgencyFilter | None = UNSET,
        order_by: AgencyOrder | None = AgencyOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AgencyConnection:
        """Agencies (danh sách cơ quan)."""
        raise NotImplementedError

    @root(
        One(
            {("id",): "{t}.id = {id}::bigint", ("code",): f"{{t}}.id = {agency_of('{code}::text')}"},
            {"id": key_of("Agency")},
        )
    )
    def agency(
        self,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Its global id (mã định danh).")
        ] = UNSET,
        code: Annotated[
            str | None,
            strawberry.argument(
                description="Its code, or one that it alone had before (mã cơ quan, kể cả mã cũ)."
            ),
        ] = UNSET,
    ) -> Agency | None:
        """One agency by id or by code (một cơ quan)."""
        raise NotImplementedError
