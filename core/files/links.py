"""Signs links to files: whoever holds one may fetch that file until it runs out. Who may be given one is not decided
here."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.files.tables import file_keys
from core.sql import insert_once

LIFE = timedelta(minutes=5)
KEY_BYTES = 32
_ONE = 1
"""There is one key, and its row has this id."""
_DIGITS_MOST = 12


class Late(Exception):
    """The link was ours, and has run out."""


def link(tx: Connection, ref: str, now: datetime) -> tuple[int, str]:
    """Until when it holds, in seconds of Unix time, and the signature. The first link of all makes the key."""
    insert_once(tx, file_keys, {"id": _ONE, "key": secrets.token_hex(KEY_BYTES)}, ("id",))
    until = int((now + LIFE).timestamp())
    return until, _sign(_key(tx), ref, until)


def holds(conn: Connection, ref: str, until: str, signature: str, now: datetime) -> bool:
    """Raises Late. Nothing is learnt from how long it takes to say no."""
    key = _key(conn)
    if not (key and until.isascii() and until.isdecimal() and len(until) <= _DIGITS_MOST):
        return False
    ours = hmac.compare_digest(_sign(key, ref, int(until)).encode(), signature.encode("utf-8", "replace"))
    if ours and int(until) <= now.timestamp():
        raise Late
    return ours


def _key(conn: Connection) -> bytes:
    """Empty where no link has been signed yet."""
    return bytes.fromhex(conn.execute(sa.select(file_keys.c.key).where(file_keys.c.id == _ONE)).scalar() or "")


def _sign(key: bytes, ref: str, until: int) -> str:
    return hmac.new(key, f"file:{ref}:{until}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
