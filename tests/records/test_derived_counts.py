"""A file's origin, counts and pages follow its items and the pages accepted; what was declared stays beside."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.agencies.models import Agency
from hub.digitization.models import PageAcceptance
from hub.records.models import ArchivalFile, Fonds, Item, ItemListing
from tests.records.world import World


@pytest.fixture
def file(session: Session, world: World) -> ArchivalFile:
    return _file(session, world.fonds, "H9", origin_declared="PAPER", page_count_declared=100, total_doc=2)


def _file(session: Session, fonds: Fonds | ArchivalFile, code: str, **declared: object) -> ArchivalFile:
    fonds_id = fonds.id if isinstance(fonds, Fonds) else fonds.fonds_id
    file = ArchivalFile(
        fonds_id=fonds_id, agency_id=fonds.agency_id, creator_id=fonds.agency_id,
        custodian_id=fonds.custodian_id, code=code, title="Hồ sơ", **declared,
    )  # fmt: skip
    session.add(file)
    session.flush()
    session.refresh(file)
    return file


def _item(session: Session, file: ArchivalFile, code: str, origin: str | None, pages: int | None) -> Item:
    item = Item(
        file_id=file.id, fonds_id=file.fonds_id, agency_id=file.agency_id, custodian_id=file.custodian_id,
        code=code, subject="Văn bản", origin=origin, page_count=pages,
    )  # fmt: skip
    session.add(item)
    session.flush()
    return item


def _accept(
    session: Session, file: ArchivalFile, first: int, last: int, item: Item | None = None
) -> PageAcceptance:
    pages = PageAcceptance(
        file_id=file.id, item_id=item.id if item else None, first_page=first, last_page=last,
        accepted_on=date(2025, 1, 1),
    )  # fmt: skip
    session.add(pages)
    session.flush()
    return pages


def _facts(session: Session, file: ArchivalFile) -> tuple[object, ...]:
    session.refresh(file)
    return (file.origin, file.item_count, file.page_count, file.digitized_page_count)


def test_a_file_without_items_shows_what_was_declared(session: Session, file: ArchivalFile) -> None:
    assert _facts(session, file) == ("PAPER", 0, 100, 0)


def test_items_of_two_origins_make_a_mixed_file(session: Session, file: ArchivalFile) -> None:
    _item(session, file, "V1", "BORN_DIGITAL", 3)
    assert _facts(session, file) == ("BORN_DIGITAL", 1, 100, 0)  # described in part: declared pages stand
    second = _item(session, file, "V2", "DIGITIZED", 4)
    assert _facts(session, file) == ("MIXED", 2, 7, 0)  # described whole: the items' pages count
    session.delete(second)
    session.flush()
    assert _facts(session, file) == ("BORN_DIGITAL", 1, 100, 0)


def test_a_listed_item_counts_in_both_files(session: Session, file: ArchivalFile) -> None:
    other = _file(session, file, "H2")
    item = _item(session, file, "V1", "DIGITIZED", 3)
    session.add(ItemListing(file_id=other.id, item_id=item.id, agency_id=file.agency_id, ordinal=1))
    session.flush()
    assert _facts(session, other) == ("DIGITIZED", 1, None, 0)
    item.origin = "BORN_DIGITAL"
    session.flush()
    assert _facts(session, other)[0] == "BORN_DIGITAL"
    assert _facts(session, file)[0] == "BORN_DIGITAL"


def test_a_rescan_adds_nothing_and_pages_are_capped(session: Session, file: ArchivalFile) -> None:
    _accept(session, file, 1, 60)
    again = _accept(session, file, 31, 60)
    assert _facts(session, file)[3] == 60
    _accept(session, file, 50, 160)
    assert _facts(session, file)[3] == 100
    session.delete(again)
    session.flush()
    assert _facts(session, file)[3] == 100


def test_pages_of_an_item_are_capped_at_the_item(session: Session, file: ArchivalFile) -> None:
    item = _item(session, file, "V1", "DIGITIZED", 5)
    _accept(session, file, 1, 9, item)
    assert _facts(session, file)[3] == 5


def test_a_file_knows_which_kinds_of_documents_are_in_it(session: Session, file: ArchivalFile) -> None:
    """The bits of policies/bits.py: a level is two bits, the second one published; 64 where it lists any."""
    other = _file(session, file, "H2")
    secret, open_, unknown = (
        Item(
            file_id=file.id, fonds_id=file.fonds_id, agency_id=file.agency_id, custodian_id=file.custodian_id,
            code=f"V{level}", subject="Văn bản", access_level=level, published=level == 0,
        )
        for level in (2, 0, None)
    )  # fmt: skip
    session.add_all((secret, open_, unknown))
    session.flush()
    session.add(ItemListing(file_id=other.id, item_id=secret.id, agency_id=file.agency_id, ordinal=1))
    session.flush()
    assert _bits(session, file, other) == (0b010110, 64 | 0b010000)
    secret.access_level = 1
    open_.published = False
    session.flush()
    assert _bits(session, file, other) == (0b000101, 64 | 0b000100)
    session.delete(open_)
    session.flush()
    assert _bits(session, file, other) == (0b000100, 64 | 0b000100)


def _bits(session: Session, *files: ArchivalFile) -> tuple[int, ...]:
    for file in files:
        session.refresh(file)
    return tuple(file.item_access for file in files)


def test_owner_and_custodian_follow_from_fonds_to_listing(session: Session, file: ArchivalFile) -> None:
    item = _item(session, file, "V1", "PAPER", 1)
    other = _file(session, file, "H2")
    session.add(ItemListing(file_id=other.id, item_id=item.id, agency_id=file.agency_id, ordinal=1))
    heir = Agency(code="C", name="Cơ quan kế thừa")
    session.add(heir)
    session.flush()
    session.connection().execute(
        text("update fonds set agency_id = :heir where id = :id"), {"heir": heir.id, "id": file.fonds_id}
    )
    session.connection().execute(
        text("update file set custodian_id = :heir where id = :id"), {"heir": heir.id, "id": file.id}
    )
    session.connection().execute(text("set constraints all immediate"))
    kept = session.connection().execute(
        text(
            "select i.agency_id, i.custodian_id, l.agency_id from item i join item_listing l on l.item_id = i.id"
        )
    )
    assert kept.one() == (heir.id, heir.id, heir.id)


def test_triggers_plan_for_the_rows_that_are_there(session: Session) -> None:
    """A kept plan of a first small statement made a list of 12,000 documents take half a minute."""
    sources = session.connection().scalars(
        text("select prosrc from pg_proc where prosrc like '%join older%' or prosrc like '%join newer%'")
    )
    joined = list(sources)
    assert joined
    for source in joined:
        planned_anew = "".join(source.split("$sql$")[1::2])
        assert "join older" in planned_anew
        assert "join older" not in source.replace(planned_anew, "")
        assert "execute $sql$" in source


def test_a_few_files_are_counted_by_kept_plans_and_many_are_planned_for(
    session: Session, file: ArchivalFile
) -> None:
    """Planning took most of the time of a change of one document; a kept plan may not scan a table that grew."""
    counting = session.connection().execute(
        text(
            "select proname, prosrc, proconfig from pg_proc where proname like 'hub\\_count\\_%'"
            " and proname <> 'hub_count_files' or proname = 'hub_derive_files'"
        )
    )
    found = {name: (source, settings) for name, source, settings in counting}
    assert len(found) == 5
    for source, settings in found.values():
        assert {"plan_cache_mode=force_custom_plan", "enable_seqscan=on"} <= set(settings)
        assert "if cardinality(ids) <= 100 then" in source
    session.connection().execute(text("set local plan_cache_mode = auto"))
    _item(session, file, "V1", "PAPER", 1)
    left = session.connection().execute(
        text("select current_setting('plan_cache_mode'), current_setting('enable_seqscan')")
    )
    assert left.one() == ("auto", "on")
