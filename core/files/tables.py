"""Files by the reference that people's events carry (the same bytes may have many references), those that are still to
be fetched from a messenger, and the key that signs links to them."""

import sqlalchemy as sa

from core.db import ERASE, NOBODYS, PLAIN, Id, Moment, metadata, owned

files = sa.Table(
    "files",
    metadata,
    sa.Column("ref", sa.Text, primary_key=True, info=PLAIN),
    sa.Column("citizen_id", Id, sa.ForeignKey("citizens.id"), nullable=False, index=True, info=PLAIN),
    sa.Column("sha256", sa.Text, nullable=False, index=True, info=ERASE),
    sa.Column("mime", sa.Text, nullable=False, info=PLAIN),
    sa.Column("size", sa.BigInteger, nullable=False, info=PLAIN),
    sa.Column("created_at", Moment, nullable=False, info=PLAIN),
    sa.Column("kind", sa.Text, nullable=False, server_default="photo", info=PLAIN),
    sa.Column("name", sa.Text, nullable=False, server_default=sa.text("''"), info=ERASE),
    sa.Column("state", sa.Text, nullable=False, server_default="ready", info=PLAIN),
    sa.Column("problem", sa.Text, info=PLAIN),
    # Where a photo was taken: a proposal, gone when the appeal is filed.
    sa.Column("lat", sa.Double, info=ERASE),
    sa.Column("lon", sa.Double, info=ERASE),
    info=owned("citizen_id", vanish=True),
)

fetches = sa.Table(
    "fetches",
    metadata,
    sa.Column("id", Id, primary_key=True, info=PLAIN),
    sa.Column("ref", sa.Text, sa.ForeignKey("files.ref"), nullable=False, unique=True, info=PLAIN),
    sa.Column("messenger", sa.Text, nullable=False, info=PLAIN),
    sa.Column("source", sa.JSON, nullable=False, info=ERASE),
    sa.Column("state", sa.Text, nullable=False, server_default="ready", info=PLAIN),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0", info=PLAIN),
    sa.Column("not_before", Moment, nullable=False, info=PLAIN),
    sa.Column("give_up_at", Moment, nullable=False, info=PLAIN),
    sa.Column("lease_owner", sa.Text, info=PLAIN),
    sa.Column("lease_until", Moment, info=PLAIN),
    sa.Column("problem", sa.Text, info=PLAIN),
    sa.Index(None, "state", "not_before"),
    info=owned("ref", by="files", vanish=True),
)

file_keys = sa.Table(
    "file_keys",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False, info=PLAIN),
    sa.Column("key", sa.Text, nullable=False, info=PLAIN),
    info=NOBODYS,
)
