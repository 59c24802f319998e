"""Gathers all that is known about a citizen into one archive that people can read: their rows as JSON and their files.
Never in it: what is about others, notes that officials write for themselves, and what only the machinery needs."""

from __future__ import annotations

import json
import mimetypes
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from core.appeals.types import RemarkKind
from core.citizens.queries import who_is_now
from core.db import metadata
from core.files.types import Kind, State
from core.lines import Line, line, literal
from core.personal.registry import CITIZEN, owned_tables, rows_of

MIME = "application/zip"
FILES_MOST = 200 * 1024 * 1024
"""Bytes of files in one archive; what does not fit is named in it and stays in the chat."""
_BOOKKEEPING = frozenset({"web_boxes", "web_tickets", "pins", "fetches", "live_messages", "uploads"})
_WITHHELD = frozenset({"sha256", "live", "official_id", "actor_id"})
"""Columns that say nothing to the person, or something of an official."""
_HELPFUL = frozenset(
    {"id", "appeal_id", "number", "ref", "name", "kind", "action", "object_kind", "side", "actor_kind", "position"}
    | {"at", "created_at", "updated_at", "received_at", "settled_at", "messenger", "lang", "mime", "size"}
    | {"pushes", "quiet_from", "quiet_to"}
)
"""Columns that are not personal themselves, and make readable what is."""
_HASH = re.compile(r"[0-9a-f]{64}")
_UNSAFE = re.compile(r"[^\w .()+-]+")

TITLES: Mapping[str, Line] = {
    "citizens": line("You"),
    "consents": line("Your consents"),
    "conversations": line("Your conversations"),
    "appeals": line("Your messages to the authorities"),
    "appeal_history": line("What became of your messages"),
    "appeal_remarks": line("What you have added"),
    "appeal_photos": line("Photos of your messages"),
    "appeal_documents": line("Documents of your messages"),
    "appeal_holders": line("Messages that you opened by their code"),
    "ratings": line("Your ratings"),
    "files": line("Your files"),
    "forms": line("What you have begun and not sent"),
    "inbox": line("What you have said lately, as it came in"),
    "outbox": line("What we have sent to you"),
    "web_items": line("The chat on your screen"),
    "code_tries": line("Tries to open a message by a code"),
    "joins": line("Codes by which you have joined your chats"),
    "join_tries": line("Tries to join a chat by a code"),
    "audit": line("The journal of what you have done"),
}
ABOUT = line(
    "This is all that we know about you. Times are in UTC. Your files are in the folder files; "
    "those that did not fit are in the chat."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the person; `path` is where it stands in the archive."""

    ref: str
    blob: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Gathered:
    rows: Mapping[str, list[dict[str, Any]]]
    files: tuple[Kept, ...]


def gather(conn: Connection, citizen_id: int) -> Gathered:
    """Rows by table; nothing for tables in which there are none."""
    citizen_id = who_is_now(conn, citizen_id)
    found = {table: _told(table, rows_of(conn, table, citizen_id), citizen_id) for table in owned_tables(metadata)}
    rows = {
        table.name: [{name: value for name, value in row.items() if _is_told(table.c[name], value)} for row in told]
        for table, told in found.items()
        if told and table.name not in _BOOKKEEPING
    }
    files = next((told for table, told in found.items() if table.name == "files"), [])
    return Gathered(rows, tuple(_kept(files)))


def pack(gathered: Gathered, say: Callable[[Line], str], read: Callable[[str], bytes], now: datetime) -> bytes:
    """`read` gives the bytes of a blob, or FileNotFoundError."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as bag:
        packed = _pack_files(bag, gathered.files, read, now)
        rows = _with_paths(gathered.rows, packed)
        sections = {say(TITLES.get(name, literal(name))): told for name, told in rows.items()}
        words = json.dumps({"": say(ABOUT), "at": now, **sections}, ensure_ascii=False, indent=1, default=_plain)
        bag.writestr(_entry("data.json", now), words, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _told(table: sa.Table, rows: list[RowMapping], citizen_id: int) -> list[RowMapping]:
    """Of an appeal's remarks and history neither the words of another citizen nor notes of officials."""
    if not {"actor_kind", "actor_id"} <= set(table.c.keys()):
        return rows
    own = [row for row in rows if row["actor_kind"] != CITIZEN or row["actor_id"] == citizen_id]
    return [row for row in own if row.get("kind") != RemarkKind.NOTE]


def _is_told(column: sa.Column[Any], value: Any) -> bool:
    if value is None or column.name in _WITHHELD or isinstance(value, bytes):
        return False
    if isinstance(value, str) and _HASH.fullmatch(value):
        return False
    return column.info["personal"] != "no" or column.name in _HELPFUL


def _kept(rows: list[RowMapping]) -> list[Kept]:
    mine = [row for row in rows if row["state"] == State.READY and row["kind"] != Kind.EXPORT]
    return [Kept(row["ref"], row["sha256"], row["size"], f"files/{n:03d}{_name(row)}") for n, row in enumerate(mine, 1)]


def _name(row: RowMapping) -> str:
    """Nothing that a program which unpacks it could take for a folder."""
    plain = _UNSAFE.sub("_", row["name"])[-80:].strip(" .")
    return f" {plain}" if plain else mimetypes.guess_extension(row["mime"]) or ""


def _entry(path: str, now: datetime) -> zipfile.ZipInfo:
    """The same data make the same archive."""
    return zipfile.ZipInfo(path, (now.year, now.month, now.day, now.hour, now.minute, now.second))


def _pack_files(
    bag: zipfile.ZipFile, files: tuple[Kept, ...], read: Callable[[str], bytes], now: datetime
) -> dict[str, str]:
    """Where each file stands that is in the archive."""
    room, packed = FILES_MOST, dict[str, str]()
    for file in files:
        if file.size > room:
            continue
        try:
            bag.writestr(_entry(file.path, now), read(file.blob))
        except FileNotFoundError:
            continue
        room -= file.size
        packed[file.ref] = file.path
    return packed


def _with_paths(rows: Mapping[str, list[dict[str, Any]]], packed: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    files = [{**row, "path": packed.get(row["ref"], "")} for row in rows.get("files", [])]
    return {**rows, "files": files} if files else dict(rows)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
