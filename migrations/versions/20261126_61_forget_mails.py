"""forget mails: what went out keeps that it did, and after some days neither address nor words"""

from __future__ import annotations

from alembic import op

revision = "20261126_61_forget_mails"
down_revision = "20261126_60_withdraw_exclusion"
branch_labels = None
depends_on = None

UP = """
alter table outbox_message
    alter column recipient drop not null, alter column text drop not null,
    add column forgotten_at TIMESTAMP WITH TIME ZONE,
    add constraint ck_outbox_message_forgotten check (
        num_nonnulls(recipient, text) = case when forgotten_at is null then 2 else 0 end
        and (forgotten_at is null or state <> 'WAITING'));
drop trigger outbox_message_stands on outbox_message;
create trigger outbox_message_stands before update on outbox_message
    for each row when (
        old.forgotten_at is not null
        or old.state in ('SENT', 'DROPPED')
           and (new.forgotten_at is null
                or (new.id, new.reminder_id, new.message_key, new.subject, new.state, new.tries, new.next_try_at,
                    new.sent_at, new.created_at)
                   is distinct from
                   (old.id, old.reminder_id, old.message_key, old.subject, old.state, old.tries, old.next_try_at,
                    old.sent_at, old.created_at)))
    execute function hub_stands();
"""
# A mail that was forgotten gets no address back.
DOWN = """
drop trigger outbox_message_stands on outbox_message;
alter table outbox_message drop constraint ck_outbox_message_forgotten;
update outbox_message set recipient = 'forgotten-' || id, text = '' where forgotten_at is not null;
alter table outbox_message drop column forgotten_at,
    alter column recipient set not null, alter column text set not null;
create trigger outbox_message_stands before update on outbox_message
    for each row when (old.state in ('SENT', 'DROPPED')) execute function hub_stands();
"""


def upgrade() -> None:
    """Until now addresses stayed for good; the next night forgets the old ones."""
    op.get_bind().exec_driver_sql(UP)


def downgrade() -> None:
    """Every mail has an address again, of some sort."""
    op.get_bind().exec_driver_sql(DOWN)
