"""create hub: tables, search form, derived counts, rights of the application's role"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261122_create_hub"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
FILES = ("folding", "tables", "derivation", "app_role", "access", "audit")


def upgrade() -> None:
    """Create everything; each file says what it is for."""
    for name in FILES:
        # As the driver sees it: no parameters, so that % and : in functions stay what they are.
        op.get_bind().exec_driver_sql((SQL / f"{name}.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Drop everything but the role, which other databases of the server may use."""
    op.get_bind().exec_driver_sql(
        """
        do $$
        declare name text;
        begin
            for name in select format('%%I.%%I', schemaname, tablename) from pg_tables
                         where schemaname = 'public' and tablename <> 'alembic_version' loop
                execute 'drop table ' || name || ' cascade';
            end loop;
            for name in select p.oid::regprocedure::text from pg_proc p
                          left join pg_depend d on d.objid = p.oid and d.deptype = 'e'
                         where p.pronamespace = 'public'::regnamespace and d.objid is null loop
                execute 'drop function ' || name || ' cascade';
            end loop;
        end
        $$;
        alter default privileges in schema public revoke all on tables from hub_app;
        alter default privileges in schema public revoke all on sequences from hub_app;
        revoke all on all tables in schema public from hub_app;
        revoke usage on schema public from hub_app;
        drop extension if exists unaccent
        """
    )
