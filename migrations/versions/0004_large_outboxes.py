"""Since when somebody waits for a row, what an operator has seen, and indexes for large outboxes.

*pre*: run it before the new release starts. The previous one names none of the new columns; what it looks for by state
and time it finds by the index that has the lane between the two. Writes to the inbox and the outbox wait while the
indexes are built: some seconds for each million of rows. CONCURRENTLY would let them go on, but not in one transaction
with the rest, so that a migration that was cut off would be half there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_inbox_quarantined",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'quarantined'"),
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("awaited_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("line", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_outbox_state_not_before"))
        batch_op.create_index(
            "ix_outbox_bulk",
            ["state", "lane", "line", "not_before", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'ready' AND lane = 'bulk'"),
            postgresql_where=sa.text("state = 'ready' AND lane = 'bulk'"),
        )
        batch_op.create_index(
            "ix_outbox_ready_since",
            ["state", "created_at"],
            unique=False,
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.create_index(
            "ix_outbox_ready_until",
            ["state", "expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'ready' AND expires_at IS NOT NULL"),
            postgresql_where=sa.text("state = 'ready' AND expires_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_outbox_state_lane_not_before_id"), ["state", "lane", "not_before", "id"], unique=False
        )
