"""Telegram and VK.

*pre*: run it before the new release starts. The previous one names none of the new tables and columns, and each column
that it has to fill has a default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tokens",
        sa.Column("messenger", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("messenger", "account", name=op.f("pk_tokens")),
        info={"owners": (), "vanish": False},
    )
    op.create_table(
        "join_tries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("citizen_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizens.id"], name=op.f("fk_join_tries_citizen_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_tries")),
        sa.UniqueConstraint("key", name=op.f("uq_join_tries_key")),
        info={"owners": ((("citizen_id",), ""),), "vanish": True},
    )
    op.create_index(op.f("ix_join_tries_at"), "join_tries", ["at"], unique=False)
    op.create_index(op.f("ix_join_tries_citizen_id_at"), "join_tries", ["citizen_id", "at"], unique=False)
    op.create_table(
        "joins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizens.id"], name=op.f("fk_joins_citizen_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joins")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_joins_code_hash")),
        sa.UniqueConstraint("key", name=op.f("uq_joins_key")),
        info={"owners": ((("citizen_id",), ""),), "vanish": True},
    )
    op.create_index(op.f("ix_joins_citizen_id"), "joins", ["citizen_id"], unique=False)
    op.create_table(
        "live_messages",
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.Column("buttons", sa.Boolean(), nullable=False),
        sa.Column("keyboard", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_live_messages_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_live_messages")),
        info={"owners": ((("conversation_id",), "conversations"),), "vanish": True},
    )
    op.create_table(
        "uploads",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("messenger", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ref"], ["files.ref"], name=op.f("fk_uploads_ref")),
        sa.PrimaryKeyConstraint("ref", "messenger", "account", name=op.f("pk_uploads")),
        info={"owners": ((("ref",), "files"),), "vanish": True},
    )
    with op.batch_alter_table("citizens", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column("merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_citizens_merged_into"), ["merged_into"], unique=False)

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("part", sa.Text(), nullable=True))

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("passed_on", sa.Boolean(), server_default=sa.false(), nullable=False))
