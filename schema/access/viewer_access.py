"""viewerAccess: whether the caller may do something to a record, by which rule and grant, and whom he could ask."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import text
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.access.errors import NAMES
from hub.access.explain import Access, Held, Requestable, action_of, explain, future_row
from hub.access.wording import said
from hub.kit.errors import BadRequest, NotFound
from policies.enforcer import Rule
from schema.access.records import facts_of
from schema.access.vocabulary import Role
from schema.compiler.catalogue import Catalogue
from schema.lazy import AnAgency
from schema.loading import load_record
from schema.records.conditions import agency_of


@strawberry.type(description="A rule of the law of access (quy tắc phân quyền).")
class PolicyRule:
    """One line of policy.csv, for one role, resource and action."""

    line: int = strawberry.field(description="Its line in policy.csv (dòng).")
    text: str = strawberry.field(description="As it is written there (nguyên văn).")
    words: str = strawberry.field(description="In words, in the language of Accept-Language (diễn giải).")
    allows: bool = strawberry.field(description="Whether it allows; else it denies (cho phép hay cấm).")

    @classmethod
    def of(cls, rule: Rule, language: str) -> PolicyRule:
        """The rule as the caller reads it."""
        vietnamese, english = said(rule)
        return cls(
            line=rule.line,
            text=str(rule),
            words=english if language == "en" else vietnamese,
            allows=rule.effect == "allow",
        )


@strawberry.type(description="The grant by which something is allowed (vai trò là căn cứ).")
class AccessGrant:
    """One of the caller's grants in force."""

    role: Role = strawberry.field(description="The role (vai trò).")
    valid_from: date = strawberry.field(description="In force from (có hiệu lực từ).")
    valid_to: date | None = strawberry.field(
        description="In force until, that day excluded (có hiệu lực đến)."
    )
    on_behalf_of: str | None = strawberry.field(description="Who delegated it; null: his own (thay mặt ai).")
    agency_id: strawberry.Private[int | None]

    @strawberry.field(description="Where it is held; null for the whole city (cơ quan).")
    async def agency(self, info: Info) -> AnAgency | None:
        """Read like any other record."""
        found: Any = await load_record(info, "Agency", self.agency_id)
        return found

    @classmethod
    def of(cls, held: Held) -> AccessGrant:
        """The grant as the caller reads it."""
        return cls(
            role=Role[held.role.upper()],
            valid_from=held.valid_from,
            valid_to=held.valid_to,
            on_behalf_of=held.on_behalf_of,
            agency_id=held.agency_id,
        )


@strawberry.type(description="A role that would allow it, and who can grant it (vai trò có thể đề nghị).")
class AccessRequest:
    """What could be asked for."""

    role: Role = strawberry.field(description="The role (vai trò).")
    granters: list[str] = strawberry.field(
        description="People who can grant it there, the nearest first, five at most (người có thể cấp)."
    )
    agency_id: strawberry.Private[int | None]

    @strawberry.field(description="Where it would be held; null for the whole city (cơ quan).")
    async def agency(self, info: Info) -> AnAgency | None:
        """Read like any other record."""
        found: Any = await load_record(info, "Agency", self.agency_id)
        return found

    @classmethod
    def of(cls, one: Requestable) -> AccessRequest:
        """The role as the caller reads it."""
        return cls(role=Role[one.role.upper()], granters=list(one.granters), agency_id=one.agency_id)


@strawberry.type(description="Whether the caller may do something, and why (quyền của người đang truy cập).")
class ViewerAccess:
    """A decision with its grounds."""

    action: str = strawberry.field(description="What was asked, e.g. file:close (thao tác).")
    allowed: bool = strawberry.field(description="The answer of the law (được hay không).")
    rule: PolicyRule | None = strawberry.field(
        description="The rule that decided; null when none spoke (quy tắc quyết định)."
    )
    by: AccessGrant | None = strawberry.field(
        description="The grant by which it applies; null for a rule for everybody (theo vai trò nào)."
    )
    until: date | None = strawberry.field(
        description="The first day without the right; null: no end known (đến ngày)."
    )
    requestable: bool = strawberry.field(
        description="Whether a role that somebody can grant would allow it (có thể đề nghị cấp)."
    )
    requests: list[AccessRequest] = strawberry.field(
        description="Those roles, the narrowest first (các vai trò có thể đề nghị)."
    )

    @classmethod
    def of(cls, asked: str, access: Access, language: str) -> ViewerAccess:
        """The decision as the caller reads it."""
        rule = access.decision.rule
        return cls(
            action=asked,
            allowed=access.decision.allowed,
            rule=PolicyRule.of(rule, language) if rule is not None else None,
            by=AccessGrant.of(access.held) if access.held is not None else None,
            until=access.until,
            requestable=bool(access.requests),
            requests=[AccessRequest.of(one) for one in access.requests],
        )


def _asked(
    session: Session,
    catalogue: Catalogue,
    actor: Actor,
    id: str | None,
    agency_code: str | None,
    action: str,
) -> tuple[str, Access]:
    """The question to the law and its answer. Raises NotFound for a record that is absent or not seen."""
    if id is not None:
        resource, row = facts_of(session, catalogue, id)
        if row is None or not actor.may("read", resource, row):
            raise NotFound(*NAMES[resource], path=("id",))
        resource, act = action_of(action, resource)
    else:
        resource, act = action_of(action, None)
        if act != "create":
            raise BadRequest(
                f"«{action}» là thao tác trên một bản ghi. Hãy cho biết id.",
                f'"{action}" is done to a record. Give its id.',
            )
        row = future_row(actor, resource, _agency(session, agency_code))
    return f"{resource}:{act}", explain(session, actor, act, resource, row)


def _agency(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    statement = text(f"select {agency_of('cast(:code as text)')}")
    key: int | None = session.connection().scalar(statement, {"code": code})
    if key is None:
        raise NotFound(*NAMES["agency"], path=("agencyCode",))
    return key


@strawberry.type
class ViewerAccessQuery:
    """The caller's own rights, explained."""

    @strawberry.field(
        description="Whether the caller may do something, by which rule and grant, until when, and otherwise whom he "
        "can ask for the role that would allow it (giải thích quyền của người đang truy cập). A record that is absent "
        "or not seen is NOT_FOUND."
    )
    async def viewer_access(
        self,
        info: Info,
        action: Annotated[
            str,
            strawberry.argument(
                description="A mutation (closeFile) or an action (file:close; with an id close is enough) (thao tác)."
            ),
        ],
        id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The record; left out when making one (bản ghi)."),
        ] = None,
        agency_code: Annotated[
            str | None,
            strawberry.argument(description="Where a record would be made (cơ quan, khi tạo mới)."),
        ] = None,
    ) -> ViewerAccess:
        """See the description."""
        context, catalogue = info.context, info.schema.catalogue  # type: ignore[attr-defined]
        asked, access = await context.seam.read(
            lambda session: _asked(session, catalogue, context.actor, id, agency_code, action)
        )
        return ViewerAccess.of(asked, access, context.language)
