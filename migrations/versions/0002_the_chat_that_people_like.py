"""The chat that people like.

*pre*: run it before the new release starts. The previous one names none of the new tables and columns, and each column
that it has to fill has a default; a rating is unique by appeal and round, and what it writes is round 0.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("object", name=op.f("pk_changes")),
        info={"owners": (), "vanish": False},
    )
    op.create_index(op.f("ix_changes_at"), "changes", ["at"], unique=False)
    op.create_table(
        "file_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_keys")),
        info={"owners": (), "vanish": False},
    )
    op.create_table(
        "templates",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_templates")),
        info={"owners": (), "vanish": False},
    )
    op.create_table(
        "code_tries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("citizen_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizens.id"], name=op.f("fk_code_tries_citizen_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_tries")),
        sa.UniqueConstraint("key", name=op.f("uq_code_tries_key")),
        info={"owners": ((("citizen_id",), ""),), "vanish": True},
    )
    op.create_index(op.f("ix_code_tries_citizen_id_at"), "code_tries", ["citizen_id", "at"], unique=False)
    op.create_index(op.f("ix_code_tries_number_at"), "code_tries", ["number", "at"], unique=False)
    op.create_table(
        "pins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_pins_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pins")),
        sa.UniqueConstraint("conversation_id", "message", name=op.f("uq_pins_conversation_id_message")),
        info={"owners": ((("conversation_id",), "conversations"),), "vanish": True},
    )
    op.create_index(op.f("ix_pins_object"), "pins", ["object"], unique=False)
    op.create_table(
        "fetches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("messenger", sa.Text(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), server_default="ready", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ref"], ["files.ref"], name=op.f("fk_fetches_ref")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetches")),
        sa.UniqueConstraint("ref", name=op.f("uq_fetches_ref")),
        info={"owners": ((("ref",), "files"),), "vanish": True},
    )
    op.create_index(op.f("ix_fetches_state_not_before"), "fetches", ["state", "not_before"], unique=False)
    op.create_table(
        "appeal_documents",
        sa.Column(
            "appeal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appeal_documents_appeal_id")),
        sa.ForeignKeyConstraint(["ref"], ["files.ref"], name=op.f("fk_appeal_documents_ref")),
        sa.PrimaryKeyConstraint("appeal_id", "position", name=op.f("pk_appeal_documents")),
        info={"owners": ((("ref",), "files"),), "vanish": True},
    )
    op.create_index(op.f("ix_appeal_documents_ref"), "appeal_documents", ["ref"], unique=False)
    op.create_table(
        "appeal_holders",
        sa.Column(
            "appeal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "citizen_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appeal_holders_appeal_id")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizens.id"], name=op.f("fk_appeal_holders_citizen_id")),
        sa.PrimaryKeyConstraint("appeal_id", "citizen_id", name=op.f("pk_appeal_holders")),
        info={"owners": ((("citizen_id",), ""),), "vanish": True},
    )
    op.create_index(op.f("ix_appeal_holders_citizen_id"), "appeal_holders", ["citizen_id"], unique=False)
    op.create_table(
        "appeal_remarks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appeal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appeal_remarks_appeal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_remarks")),
        sa.UniqueConstraint("key", name=op.f("uq_appeal_remarks_key")),
        info={"owners": ((("appeal_id",), "appeals"), (("actor_kind", "actor_id"), "")), "vanish": False},
    )
    op.create_index(op.f("ix_appeal_remarks_appeal_id"), "appeal_remarks", ["appeal_id"], unique=False)
    with op.batch_alter_table("appeal_history", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("authority_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_appeal_history_authority_id"), "authorities", ["authority_id"], ["id"]
        )

    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("reopened", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("hops", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_appeals_official_id_status"))
        batch_op.create_index(
            batch_op.f("ix_appeals_authority_id_status_id"), ["authority_id", "status", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_appeals_official_id_authority_id_status_due_at"),
            ["official_id", "authority_id", "status", "due_at"],
            unique=False,
        )

    op.create_index(op.f("ix_authorities_parent_id"), "authorities", ["parent_id"], unique=False)
    with op.batch_alter_table("citizens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pushes", sa.Text(), server_default="all", nullable=False))
        batch_op.add_column(sa.Column("quiet_from", sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("quiet_to", sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), server_default="photo", nullable=False))
        batch_op.add_column(sa.Column("name", sa.Text(), server_default=sa.text("('')"), nullable=False))
        batch_op.add_column(sa.Column("state", sa.Text(), server_default="ready", nullable=False))
        batch_op.add_column(sa.Column("problem", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("lat", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("lon", sa.Double(), nullable=True))

    with op.batch_alter_table("forms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("officials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.Text(), server_default="executor", nullable=False))

    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("why", sa.Text(), server_default=sa.text("('')"), nullable=False))
        batch_op.add_column(sa.Column("why_key", sa.Text(), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_ratings_appeal_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_ratings_appeal_id_round"), ["appeal_id", "round"])
        batch_op.create_unique_constraint(batch_op.f("uq_ratings_why_key"), ["why_key"])

    with op.batch_alter_table("web_tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("desk_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
