"""keep counting plans: a change of a few files is counted by kept plans, one of many is planned for them"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "20261126_23b_keep_plans"
down_revision = "20261126_23_freeze_members"
branch_labels = None
depends_on = None

COUNTING = tuple(
    f"hub_count_{name}"
    for name in ("born_digital", "timely_transfers", "digitised_pages", "described_online")
)
# Planning took seven of the eight milliseconds that a change of one document cost. A plan for a few files walks the
# indexes: it may be made while the tables are small, and is kept when they no longer are. The settings end with the
# function, because it has them in its own head.
CHOICE = """
    if cardinality(ids) <= 100 then
        perform set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true);
    end if;
"""
HEAD = " SET plan_cache_mode TO 'force_custom_plan'"
WIDE_HEAD = HEAD + "\n SET enable_seqscan TO 'on'"
GUARD = "if ids is null then return; end if;"


def upgrade() -> None:
    """Let each function that looks at files choose by their number how it is planned."""
    for name in COUNTING:
        _run(_definition(name).replace(HEAD, WIDE_HEAD).replace(GUARD, GUARD + CHOICE))
    before, _, body = _definition("hub_derive_files").partition(" LANGUAGE sql\nAS $function$")
    body = body[: body.rindex("$function$")].strip().rstrip(";")
    # In SQL it was planned at every call.
    _run(
        f"{before} LANGUAGE plpgsql\n{WIDE_HEAD}\nAS $function$\nbegin\n    {GUARD}{CHOICE}{body};\nend\n$function$"
    )


def downgrade() -> None:
    """Plan anew at every call again."""
    for name in COUNTING:
        _run(_definition(name).replace(WIDE_HEAD, HEAD).replace(GUARD + CHOICE, GUARD))
    derived = _definition("hub_derive_files")
    before = derived[: derived.index(" LANGUAGE")]
    body = derived[derived.index(CHOICE) + len(CHOICE) : derived.rindex("end")]
    _run("drop function hub_derive_files(bigint[])")
    _run(f"{before} LANGUAGE sql\nAS $function$\n{body.strip()}\n$function$")


def _definition(name: str) -> str:
    found: str = (
        op.get_bind()
        .execute(
            text("select pg_get_functiondef(cast(cast(:function as text) as regprocedure))"),
            {"function": f"{name}(bigint[])"},
        )
        .scalar_one()
    )
    return found


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
