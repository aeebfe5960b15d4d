"""Fields of records, agencies and events as the reference tells them, over plain rows."""

from __future__ import annotations

from datetime import UTC, date
from types import SimpleNamespace as Row
from typing import Any

from hub.access.actor import Actor
from hub.kit.ids import encode
from schema.compiler.rows import action_name
from tests.schema.reads.reference.returns import Returns
from tests.schema.reads.reference.rows import ACCESS, TYPES, snake, written
from tests.schema.reads.world import TODAY


class Fields(Returns):
    """Fields by their names, or by their type's and theirs."""

    def _id(self, row: Row, actor: Actor) -> str:
        return encode(row.typename, row.id)

    def _parent(self, row: Row, actor: Actor) -> Row | None:
        return self.seen(actor, row.typename, self.world.one(TYPES[row.typename][0], row.parent_id))

    def _access(self, row: Row, actor: Actor) -> str | None:
        return ACCESS[row.access_level]

    def _viewerCan(self, row: Row, actor: Actor) -> list[str]:
        beside: dict[str, bool] = {}
        if row.typename == "ArchivalFile":
            fonds = self.world.one("fonds", row.fonds_id)
            beside["fonds_open"] = fonds is not None and fonds.state == "OPEN"
        if row.typename == "AgencyReturn":
            period = self.world.one("reporting_period", row.period_id)
            beside["period_open"] = period is not None and period.state == "OPEN"
        if row.typename == "Agency":
            beside["not_ended"] = row.valid_to is None or row.valid_to > TODAY
        return [action_name(one) for one in actor.offers(TYPES[row.typename][1], row, **beside)]

    def _retention(self, row: Row, actor: Actor) -> dict[str, Any]:
        return {"kind": row.retention_kind, "years": row.retention_years, "text": row.retention_text}

    def _dates(self, row: Row, actor: Actor) -> dict[str, Any]:
        return {end: self._imprecise(row, end) for end in ("start", "end")}

    def _issued(self, row: Row, actor: Actor) -> dict[str, Any]:
        return self._imprecise(row, "issued")

    def _imprecise(self, row: Row, end: str) -> dict[str, Any]:
        return {
            "earliest": written(getattr(row, f"{end}_date"), "Date"),
            "latest": written(getattr(row, f"{end}_latest"), "Date"),
            "precision": getattr(row, f"{end}_precision"),
            "text": getattr(row, f"{end}_text"),
        }

    def _signer(self, row: Row, actor: Actor) -> dict[str, Any] | None:
        if row.signer_name is None and row.signer_position is None:
            return None
        return {"name": row.signer_name, "position": row.signer_position}

    def _docType(self, row: Row, actor: Actor) -> dict[str, Any] | None:
        if row.doc_type is None and row.doc_type_text is None:
            return None
        otherwise = row.doc_type_text or row.doc_type
        return {
            "value": row.doc_type,
            "label": self.label(row.doc_type) or otherwise,
            "labelEn": self.label(row.doc_type, "label_en") or otherwise,
        }

    def label(self, value: str | None, name: str = "label") -> str | None:
        """The label of a document type: in force first, then the newest."""
        entries = [entry for entry in self.world["code_list_entry"] if entry.value == value]
        entries.sort(key=lambda entry: (entry.valid_from <= TODAY, entry.valid_from))
        return getattr(entries[-1], name) if entries else None

    def _transferDue(self, row: Row, actor: Actor) -> dict[str, Any] | None:
        home = row if row.typename == "ArchivalFile" else self.world.one("file", row.file_id)
        assert home is not None
        gone = home.state in ("TRANSFERRED", "DISPOSED") or row.state in ("WITHDRAWN", "DESTROYED")
        if row.retention_kind != "PERMANENT" or gone:
            return None
        made = (row.end_date or row.start_date) if home is row else row.issued_date
        year = None if home.accepted_at is None else home.accepted_at.astimezone(UTC).year
        if home.accepted_at is not None and (
            home.accepted_at.month,
            home.accepted_at.day,
            home.accepted_at.hour,
        ) >= (12, 31, 17):
            year = home.accepted_at.year + 1  # Hà Nội is seven hours ahead of UTC
        blocked = (
            "ON_HOLD"
            if row.on_hold
            else "SECRET"
            if (row.access_level or 0) >= 2
            else "FILE_OPEN"
            if home.state == "OPEN"
            else "NOT_IN_AGENCY_ARCHIVE"
            if home.state in ("CLOSED", "SUBMITTED")
            else None
        )
        plan = None
        if made is not None:
            day = 28 if (made.month, made.day) == (2, 29) else made.day
            plan = date(made.year + 3, made.month, day).isoformat()
        return {"plan": plan, "law": None if year is None else f"{year + 5}-12-31", "blockedBy": blocked}

    def _listed(self, kind: str, column: str, keys: set[int | None]) -> bool:
        lists = {
            one.id
            for one in self.world["decided_list"]
            if one.kind == kind and one.valid_from <= TODAY and (one.valid_to is None or one.valid_to > TODAY)
        }
        named = {
            getattr(entry, column) for entry in self.world["decided_list_entry"] if entry.list_id in lists
        }
        return bool((named - {None}) & keys)

    def _isWidelyUsed(self, row: Row, actor: Actor) -> bool:
        return self._listed("WIDELY_USED", "fonds_id", {row.id})

    def _Series_isHighUse(self, row: Row, actor: Actor) -> bool:
        return self._listed("HIGH_USE", "series_id", {row.id})

    def _ArchivalFile_isHighUse(self, row: Row, actor: Actor) -> bool:
        return self._listed("HIGH_USE", "file_id", {row.id}) or self._listed(
            "HIGH_USE", "series_id", {row.series_id}
        )

    def _isClosed(self, row: Row, actor: Actor) -> bool:
        return row.state == "CLOSED"

    def _isTransferSource(self, row: Row, actor: Actor) -> bool:
        return any(
            one.agency_id == row.id
            and one.valid_from <= TODAY
            and (one.valid_to is None or one.valid_to > TODAY)
            for one in self.world["source_membership"]
        )

    def _codes(self, row: Row, actor: Actor) -> list[dict[str, Any]]:
        found = [code for code in self.world["agency_code"] if code.agency_id == row.id]
        found.sort(key=lambda code: (code.scheme, code.valid_from or date.max, code.value))
        return [
            {
                "scheme": code.scheme,
                "value": code.value,
                "validFrom": written(code.valid_from, ""),
                "validTo": written(code.valid_to, ""),
            }
            for code in found
        ]

    def _Agency_history(self, row: Row, actor: Actor) -> dict[str, Any]:
        def dated(one: Any) -> dict[str, Any]:
            days = {name: written(getattr(one, snake(name)), "") for name in ("validFrom", "validTo")}
            return {**days, "decision": one.decision}

        def own(table: str) -> list[Row]:
            found = [one for one in self.world[table] if one.agency_id == row.id]
            return sorted(found, key=lambda one: (one.valid_to or date.max, one.id))

        def agency(key: int | None) -> Row | None:
            return self.seen(actor, "Agency", self.world.one("agency", key))

        def steps(mine: str) -> list[dict[str, Any]]:
            found = [one for one in self.world["agency_succession"] if getattr(one, mine) == row.id]
            return [
                {
                    "predecessor": agency(one.predecessor_id),
                    "successor": agency(one.successor_id),
                    "kind": one.kind,
                    "effectiveOn": written(one.effective_on, ""),
                    "decision": one.decision,
                    "decidedOn": written(one.decided_on, ""),
                }
                for one in sorted(found, key=lambda one: (one.effective_on, one.id))
            ]

        return {
            "names": [{"name": one.name, **dated(one)} for one in own("agency_name")],
            "parents": [{"parent": agency(one.parent_id), **dated(one)} for one in own("agency_parent")],
            "cameFrom": steps("successor_id"),
            "wentInto": steps("predecessor_id"),
        }

    def _listings(self, row: Row, actor: Actor) -> list[dict[str, Any]]:
        found = []
        for listing in sorted(self.world["item_listing"], key=lambda one: one.file_id):
            file = self.seen(actor, "ArchivalFile", self.world.one("file", listing.file_id))
            if listing.item_id == row.id and file is not None:
                found.append({"file": file, "ordinal": listing.ordinal})
        return found

    def _entryCount(self, row: Row, actor: Actor) -> int:
        return sum(entry.transfer_id == row.id for entry in self.world["transfer_entry"])

    def _agent(self, row: Row, actor: Actor) -> str | None:
        user = self.world.one("app_user", row.agent_id)
        return user.name if user else None

    def _onBehalfOf(self, row: Row, actor: Actor) -> str | None:
        user = self.world.one("app_user", row.on_behalf_of)
        return user.name if user else None

    def _AuditEvent_outcome(self, row: Row, actor: Actor) -> str:
        return str(row.outcome).upper()

    def _told(self, row: Row, actor: Actor) -> bool:
        """Whether the actor may know what an event says of its object."""
        kinds = {"fonds": "Fonds", "series": "Series", "file": "ArchivalFile", "item": "Item"}
        kind = kinds.get(row.object_type)
        if kind is None:
            return True
        return self.seen(actor, kind, self.world.one(row.object_type, row.object_id)) is not None

    def _AuditEvent_number(self, row: Row, actor: Actor) -> str:
        return str(row.id)

    def _AuditEvent_isRedacted(self, row: Row, actor: Actor) -> bool:
        return not self._told(row, actor)

    def _AuditEvent_detail(self, row: Row, actor: Actor) -> Any:
        return row.detail if self._told(row, actor) else None

    def _AuditEvent_reason(self, row: Row, actor: Actor) -> Any:
        return row.reason if self._told(row, actor) else None

    def _AuditEvent_objectId(self, row: Row, actor: Actor) -> str | None:
        return encode("ArchivalFile", row.object_id) if row.object_type == "file" else None

    def _AuditEvent_seal(self, row: Row, actor: Actor) -> None:
        return None

    def _premisType(self, row: Row, actor: Actor) -> str | None:
        return {"item:update": "metadata modification", "file:close": "metadata modification"}[row.event_type]

    def _pdfUrl(self, row: Row, actor: Actor) -> None:
        return None

    def _briefUrl(self, row: Row, actor: Actor) -> None:
        return None

    def _snapshotId(self, row: Row, actor: Actor) -> str | None:
        keys = [one.id for one in self.world["snapshot"] if one.report_id == row.id]
        return encode("Snapshot", max(keys)) if keys else None

    def _itemCount(self, row: Row, actor: Actor) -> int:
        listed = {one.item_id for one in self.world["item_listing"] if one.file_id == row.id}
        return len(self.rows(actor, "Item", lambda one: one.file_id == row.id or one.id in listed))

    def _user(self, row: Row, actor: Actor) -> Row:
        return row

    def _roles(self, row: Row, actor: Actor) -> list[Row]:
        return [
            grant
            for grant in sorted(self.world["role_grant"], key=lambda one: one.id)
            if grant.user_id == row.id and (grant.valid_to is None or grant.valid_to > TODAY)
        ]
