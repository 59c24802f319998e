"""What a message of Telegram says: words or a command, files by reference, a place, a contact, or something that cannot
be read here. Pure; nothing that comes in makes it fail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bots.files.kinds import MIMES, MOST, clean_name
from bots.fit import units
from bots.receive import Wanted
from bots.telegram.fields import amount, degrees, number, plain, within, words
from core.files.types import Kind
from core.inbox.parts import LONG, LONG_FROM
from core.talk import BUTTON_BYTES, Command, Contact, Message, Place
from core.text import clean_text

UNREAD = {
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "live_photo": "video",
    "sticker": "sticker",
    "dice": "sticker",
    **dict.fromkeys(
        ("poll", "game", "story", "invoice", "paid_media", "giveaway", "checklist", "rich_message"), "kind"
    ),
}
"""By the field that says what a message is."""
SILENT = frozenset(
    {"boost_added", "channel_chat_created", "chat_background_set", "chat_shared", "checklist_tasks_added"}
    | {"checklist_tasks_done", "connected_website", "delete_chat_photo", "gift", "gift_upgrade_sent"}
    | {"giveaway_completed", "giveaway_created", "group_chat_created", "left_chat_member"}
    | {"message_auto_delete_timer_changed", "migrate_from_chat_id", "migrate_to_chat_id", "new_chat_members"}
    | {"new_chat_photo", "new_chat_title", "paid_message_price_changed", "passport_data", "pinned_message"}
    | {"proximity_alert_triggered", "refunded_payment", "successful_payment", "supergroup_chat_created"}
    | {"unique_gift", "user_shared", "users_shared", "video_chat_ended", "video_chat_participants_invited"}
    | {"video_chat_scheduled", "video_chat_started", "web_app_data", "write_access_allowed"}
)
"""Fields of messages that nobody has said. All others are somebody's words, whatever Telegram may think of tomorrow."""
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"})
ENDINGS = frozenset({"jpg", "jpeg", "png", "webp", "heic", "heif"})
"""Of pictures that were sent as files and are not said to be pictures."""
RESERVED_MOST = 64
"""Characters that a label of ours or a number may have. What is longer may be about a person."""
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?:\s+(\S.*))?", re.ASCII)
_FILE_ID = re.compile(r"[A-Za-z0-9_=-]{1,512}", re.ASCII)
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,5})$", re.ASCII)
_BY_MIME = {mime: extension for extension, mime in MIMES.items()}


@dataclass(frozen=True, slots=True)
class Content:
    event: Message | Command
    files: tuple[Wanted, ...] = ()
    part: str = ""


def contents(message: Mapping[str, Any], username: str, *, edited: bool = False) -> Content | None:
    """None where nobody has said anything: somebody was pinned, paid or has changed a setting."""
    key = str(number(message, "message_id"))
    if edited:
        text = words(message, "text") or words(message, "caption")
        return Content(Message(text, key=key, edited=key)) if text else None
    part = _part(message)
    if isinstance(message.get("text"), str):
        return _text(message, username, key, part)
    if SILENT & message.keys():
        return None
    said, files = _other(message) or (Message(unread="kind"), ())
    return Content(replace(said, text=words(message, "caption"), key=key), files, part)


def reserved(content: Content) -> Content:
    """Where personal data is not taken: commands, and words that can hardly be more than a label or a number."""
    said = content.event
    if isinstance(said, Command):
        return content
    more = content.files or said.place or said.contact or said.voice or said.unread
    if more or len(said.text) > RESERVED_MOST:
        return Content(Message(key=said.key, edited=said.edited, unread="words"))
    return replace(content, part="")


def _part(message: Mapping[str, Any]) -> str:
    if within(message, "forward_origin"):
        return "forward"
    album = clean_text(plain(message, "media_group_id"))[:64]
    return f"album:{album}" if album else ""


def _text(message: Mapping[str, Any], username: str, key: str, part: str) -> Content:
    text = words(message, "text")
    command = None if part else _command(text, username)
    if command is not None:
        return Content(command)
    if not part and units(plain(message, "text")) >= LONG_FROM:
        part = LONG
    return Content(Message(text, key=key), part=part)


def _command(text: str, username: str) -> Command | None:
    """What is said with a command is short, else it is somebody's words."""
    found = _COMMAND.fullmatch(text)
    if found is None or len((found[3] or "").encode()) > BUTTON_BYTES:
        return None
    if found[2] and username and found[2].casefold() != username.casefold():
        return None
    return Command(found[1].lower(), found[3] or "")


def _other(message: Mapping[str, Any]) -> tuple[Message, tuple[Wanted, ...]] | None:
    """Everything but words; None for what makes no sense."""
    if "photo" in message:
        return _filed(_photo(message["photo"]))
    for name, unread in UNREAD.items():  # before documents: an animation comes as both
        if name in message:
            return Message(unread=unread), ()
    if "document" in message:
        return _document(within(message, "document"))
    if "voice" in message or "audio" in message:
        return Message(voice="voice"), ()
    if "location" in message:
        place = _place(message)
        return None if place is None else (Message(place=place), ())
    if "contact" in message:
        contact = _contact(message)
        return None if contact is None else (Message(contact=contact), ())
    return None


def _filed(wanted: Wanted | None) -> tuple[Message, tuple[Wanted, ...]] | None:
    return None if wanted is None else (Message(), (wanted,))


def _photo(sizes: object) -> Wanted | None:
    """The largest of its sizes that we may have."""
    known = [size for size in sizes if isinstance(size, Mapping)] if isinstance(sizes, list) else []
    known = [size for size in known if _FILE_ID.fullmatch(plain(size, "file_id"))]
    small = [size for size in known if (amount(size, "file_size") or 0) <= MOST]
    if not known:
        return None
    best = max(small or known, key=_extent)
    return Wanted(Kind.PHOTO, _source(best), "", amount(best, "file_size"))


def _extent(size: Mapping[str, Any]) -> tuple[int, int]:
    """Of a tiny picture all sizes are alike, but for their bytes."""
    return (amount(size, "width") or 0) * (amount(size, "height") or 0), amount(size, "file_size") or 0


def _document(document: Mapping[str, Any]) -> tuple[Message, tuple[Wanted, ...]] | None:
    """What would be refused anyway when it is here is refused at once."""
    if not _FILE_ID.fullmatch(plain(document, "file_id")):
        return None
    mime, size = plain(document, "mime_type").lower(), amount(document, "file_size")
    given = words(document, "file_name")
    found = _EXTENSION.search(given)
    ending = found[1].lower() if found else ""
    if mime in PICTURES or ending in ENDINGS:
        return _filed(Wanted(Kind.PHOTO, _source(document), "", size))
    extension = ending if ending in MIMES else _BY_MIME.get(mime, "")
    if not extension:
        return Message(unread="kind"), ()
    return _filed(Wanted(Kind.DOCUMENT, _source(document), clean_name(given, extension), size))


def _source(file: Mapping[str, Any]) -> Mapping[str, str]:
    unique = plain(file, "file_unique_id")
    return {"file_id": plain(file, "file_id"), "unique": unique if _FILE_ID.fullmatch(unique) else ""}


def _place(message: Mapping[str, Any]) -> Place | None:
    """A place that moves is taken as it was at first."""
    location, venue = within(message, "location"), within(message, "venue")
    lat, lon = degrees(location, "latitude", 90), degrees(location, "longitude", 180)
    if lat is None or lon is None:
        return None
    said = (words(venue, "title"), words(venue, "address"))
    return Place(", ".join(part for part in said if part), lat, lon)


def _contact(message: Mapping[str, Any]) -> Contact | None:
    contact, author = within(message, "contact"), within(message, "from")
    digits = re.sub(r"[^0-9]", "", plain(contact, "phone_number"))
    if len(digits) == 11 and digits.startswith("8"):  # as people in Russia write it down
        digits = f"7{digits[1:]}"
    if not 5 <= len(digits) <= 15:
        return None
    whose = number(contact, "user_id")
    return Contact(f"+{digits}", own=whose is not None and whose == number(author, "id"))
