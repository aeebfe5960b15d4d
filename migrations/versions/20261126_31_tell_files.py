"""tell files: a file knows which kinds of documents are in it, so that what is derived of them can be told in part"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "20261126_31_tell_files"
down_revision = "20261126_27_confirm_access"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql"
DERIVE = """update file f
   set item_count = x.item_count, origin = x.origin, page_count = x.page_count,
       digitized_page_count = x.digitized_page_count, item_access = x.item_access
  from hub_file_facts(ids, 127, 127) x
 where f.id = x.id
   and (f.item_count, f.origin, f.page_count, f.digitized_page_count, f.item_access) is distinct from
       (x.item_count, x.origin, x.page_count, x.digitized_page_count, x.item_access);
end
$function$"""
# What of a changed document is asked: before, now.
WATCHED = (
    (
        "(n.file_id, n.origin, n.page_count) is distinct from (o.file_id, o.origin, o.page_count)",
        "(n.file_id, n.origin, n.page_count, n.access_level, n.published)"
        " is distinct from (o.file_id, o.origin, o.page_count, o.access_level, o.published)",
    ),
    (
        "n.origin is distinct from o.origin",
        "(n.origin, n.access_level, n.published) is distinct from (o.origin, o.access_level, o.published)",
    ),
)


def upgrade() -> None:
    """Add the bits of a file's documents, its own and those it lists, and reckon them once for all."""
    op.execute("alter table file add column item_access smallint default 0 not null")
    _run((_SQL / "told_files.sql").read_text())
    derived = _definition("hub_derive_files(bigint[])")
    _run(derived[: derived.index("with touched")] + DERIVE)
    changed = _definition("hub_item_changed()")
    for before, now in WATCHED:
        changed = changed.replace(before, now)
    _run(changed)
    op.execute("alter table file disable trigger user")  # nothing that they follow changes
    op.execute("""
        update file f set item_access = x.bits
          from (select file_id, bit_or(bit)::smallint as bits from (
                  select file_id, hub_access_bit(access_level, published) as bit from item
                  union all
                  select l.file_id, hub_access_bit(i.access_level, i.published) | 64
                    from item_listing l join item i on i.id = l.item_id) m group by file_id) x
         where x.file_id = f.id
    """)
    op.execute("alter table file enable trigger user")


def downgrade() -> None:
    """Derive as before, from the text of the first version."""
    changed = _definition("hub_item_changed()")
    for before, now in WATCHED:
        changed = changed.replace(now, before)
    _run(changed)
    first = (_SQL / "derivation.sql").read_text()
    body = first[first.index("with touched") : first.index("$$;")].rstrip()
    derived = _definition("hub_derive_files(bigint[])")
    _run(f"{derived[: derived.index('update file f')]}{body};\nend\n$function$")
    op.execute("drop function hub_told_file(bigint, integer, integer)")
    op.execute("drop function hub_file_facts(bigint[], integer, integer)")
    op.execute("drop function hub_access_bit(smallint, boolean)")
    op.execute("alter table file drop column item_access")


def _definition(name: str) -> str:
    found: str = (
        op.get_bind()
        .execute(
            text("select pg_get_functiondef(cast(cast(:function as text) as regprocedure))"),
            {"function": name},
        )
        .scalar_one()
    )
    return found


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
