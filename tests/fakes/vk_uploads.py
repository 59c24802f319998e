"""Photos and documents: an address to upload to, the upload itself, `save`; and the addresses of all files."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Callable
from typing import Any

from aiohttp import BodyPartReader, web
from PIL import Image

from tests.fakes.vk_errors import VkError, invalid
from tests.fakes.vk_group import FakeGroup
from tests.fakes.vk_world import Ticket, World

Args = dict[str, Any]
LARGEST = {"photo": 50 * 2**20, "file": 200 * 2**20}
SERVER = 857236


def photo_server(group: FakeGroup, args: Args) -> Args:
    return {"album_id": -64, "upload_url": _ticket(group, "photo", args), "user_id": 0, "group_id": group.id}


def doc_server(group: FakeGroup, args: Args) -> Args:
    if args.get("type", "doc") != "doc":
        raise invalid("type is not known to this fake")
    return {"upload_url": _ticket(group, "file", args)}


def save_photo(group: FakeGroup, args: Args) -> list[Args]:
    ticket = _saved(group, "photo", args["photo"])
    if args.get("server") != SERVER or args.get("hash") != _hash(ticket):
        raise invalid("server or hash is invalid")
    photo: Args = group.world.photo(-group.id, ticket.content)["photo"]
    return [photo]


def save_doc(group: FakeGroup, args: Args) -> Args:
    """It belongs to the person that it was uploaded for, whoever uploaded it."""
    ticket = _saved(group, "file", args["file"])
    name = args.get("title") or ticket.name
    return group.world.document(ticket.peer_id, name, ticket.content, ticket.mime)


METHODS: dict[str, Callable[[FakeGroup, Args], Any]] = {
    "photos.getMessagesUploadServer": photo_server,
    "photos.saveMessagesPhoto": save_photo,
    "docs.getMessagesUploadServer": doc_server,
    "docs.save": save_doc,
}


async def upload(world: World, request: web.Request) -> Args:
    """POST of one multipart part with the right name; anything else leaves nothing to save."""
    ticket = world.tickets.get(request.match_info["ticket"])
    if ticket is None:
        raise invalid("upload address is unknown")
    part = await _part(request)
    if part is None or part.name != ticket.field or not part.filename:
        raise invalid(f"{ticket.field} should be uploaded as a file in multipart/form-data")
    content = bytes(await part.read())
    if not content or len(content) > LARGEST[ticket.field] or (ticket.field == "photo" and not _is_picture(content)):
        raise invalid(f"{ticket.field} can not be taken")
    ticket.name, ticket.content, ticket.mime = part.filename, content, part.headers.get("Content-Type", "")
    if ticket.field == "file":
        ticket.saved_as = f"{ticket.peer_id}|0|{SERVER}|{secrets.token_hex(20)}"
        return {"file": ticket.saved_as}
    ticket.saved_as = json.dumps([{"photo": secrets.token_hex(8), "sizes": [], "kid": secrets.token_hex(16)}])
    return {"server": SERVER, "photo": ticket.saved_as, "hash": _hash(ticket)}


def nothing_uploaded(world: World, request: web.Request) -> Args:
    """What the real one answers instead of an error."""
    ticket = world.tickets.get(request.match_info["ticket"])
    if ticket is not None and ticket.field == "photo":
        return {"server": SERVER, "photo": "[]", "hash": secrets.token_hex(16)}
    return {"error": "no_file", "error_descr": "No file"}


def served(world: World, request: web.Request) -> web.Response:
    stored = world.files.get(request.match_info["key"])
    if stored is None or stored.gone:
        return web.Response(status=404)
    if request.path.startswith("/doc/"):
        return web.Response(status=302, headers={"Location": request.rel_url.raw_path.replace("/doc/", "/file/", 1)})
    return web.Response(body=stored.content, headers={"Content-Type": stored.mime})


async def _part(request: web.Request) -> BodyPartReader | None:
    if request.content_type != "multipart/form-data":
        return None
    part = await (await request.multipart()).next()
    return part if isinstance(part, BodyPartReader) else None


def _ticket(group: FakeGroup, field: str, args: Args) -> str:
    peer_id = args.get("peer_id", 0)
    conversation = group.conversations.get(peer_id)
    if conversation is None and (peer_id or field == "file"):
        raise invalid("peer_id is undefined")
    if conversation is not None and conversation.closed:
        raise VkError(conversation.closed)
    key = secrets.token_hex(12)
    group.world.tickets[key] = Ticket(group.token, field, peer_id)
    return f"{group.world.base}/upload/{key}"


def _saved(group: FakeGroup, field: str, saved_as: str) -> Ticket:
    for ticket in group.world.tickets.values():
        if ticket.field == field and ticket.saved_as == saved_as != "":
            return ticket
    raise invalid("photos_list is invalid" if field == "photo" else "file is invalid")


def _hash(ticket: Ticket) -> str:
    return json.loads(ticket.saved_as)[0]["kid"][::-1] if ticket.field == "photo" else ""


def _is_picture(content: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(content)) as image:
            return image.format in {"JPEG", "PNG", "GIF", "WEBP", "BMP"}
    except (OSError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False
