"""What Telegram takes and what it does not, besides texts: keyboards, commands, files, albums. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram_params import Refused, wrong
from tests.fakes.telegram_text import width

MB = 1024 * 1024
PHOTO, DOCUMENT, DOWNLOAD = 10 * MB, 50 * MB, 20 * MB
_DRESS = {"text", "icon_custom_emoji_id", "style"}  # a button's looks; every other field is something that it does
_STYLES = {"danger", "success", "primary"}
_ACTION = re.compile(
    "typing|choose_sticker|find_location|upload_(photo|video|voice|document|video_note)|record_(video|voice|video_note)"
)
_LANGUAGE = re.compile(r"([a-z]{2})?")


def check_markup(markup: Mapping[str, Any], *, private: bool) -> None:
    if "inline_keyboard" in markup:
        _check_inline(markup["inline_keyboard"])
    elif "keyboard" in markup:
        _check_below(markup["keyboard"], private=private)
    if not 1 <= width(markup.get("input_field_placeholder", "-")) <= 64:
        raise wrong("strict: input_field_placeholder is 1-64 characters")


def _check_inline(rows: Sequence[Sequence[Mapping[str, Any]]]) -> None:
    _check_rows(rows, most=100, wide=8)
    for button in (button for row in rows for button in row):
        _check_look(button)
        does = button.keys() - _DRESS
        if not does:
            raise wrong("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if len(does) > 1:
            raise wrong(f"can't parse inline keyboard button: strict: it does {' and '.join(sorted(does))} at once")
        if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
            raise wrong("BUTTON_DATA_INVALID")
        if "url" in button:
            _check_url(button["url"])


def _check_below(rows: Sequence[Sequence[Mapping[str, Any]]], *, private: bool) -> None:
    _check_rows(rows, most=300, wide=12)
    if not rows:
        raise wrong("strict: a keyboard has at least one button")
    for button in (button for row in rows for button in row):
        _check_look(button)
        does = button.keys() - _DRESS
        if len(does) > 1:
            raise wrong(f"can't parse keyboard button: strict: it does {' and '.join(sorted(does))} at once")
        if not private and button.get("request_location"):
            raise wrong("location can be requested in private chats only")
        if not private and button.get("request_contact"):
            raise wrong("phone number can be requested in private chats only")


def _check_rows(rows: Sequence[Sequence[Any]], most: int, wide: int) -> None:
    if any(not row for row in rows):
        raise wrong("strict: an empty row of buttons")
    if any(len(row) > wide for row in rows):
        raise wrong(f"strict: more than {wide} buttons in a row")
    if sum(map(len, rows)) > most:
        raise wrong("reply markup is too long")


def _check_look(button: Mapping[str, Any]) -> None:
    if not button["text"].strip():
        raise wrong("can't parse keyboard button: button text must be non-empty")
    if button.get("style", "primary") not in _STYLES:
        raise wrong(f"strict: no style of buttons is called {button['style']!r}")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "tg"}:
        raise wrong(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if parts.scheme != "tg" and "." not in (parts.hostname or "").strip("."):
        raise wrong(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def check_commands(commands: Sequence[Mapping[str, str]]) -> None:
    if len(commands) > 100:
        raise wrong("BOT_COMMANDS_TOO_MUCH")
    for it in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", it["command"]):
            raise wrong("BOT_COMMAND_INVALID")
        if not 1 <= width(it["description"]) <= 256:
            raise wrong("BOT_COMMAND_DESCRIPTION_INVALID")
    if len({it["command"] for it in commands}) < len(commands):
        raise wrong("strict: a command stands there twice")


def check_language(code: str) -> None:
    if not _LANGUAGE.fullmatch(code):
        raise wrong("LANG_CODE_INVALID")


def check_length(name: str, said: str, most: int) -> None:
    if width(said) > most:
        raise wrong(f"strict: {name} is up to {most} characters")


def check_action(action: str) -> None:
    if not _ACTION.fullmatch(action):
        raise wrong("wrong parameter action in request")


def check_album(media: Sequence[Mapping[str, Any]]) -> None:
    if not 2 <= len(media) <= 10:
        raise wrong("strict: an album is 2-10 items")
    kinds = {it["type"] for it in media}
    if not kinds <= {"photo", "document"}:
        raise wrong(f"strict: this fake has albums of photos or documents, not of {', '.join(sorted(kinds))}")
    if len(kinds) > 1:
        raise wrong("document can't be mixed with other media types")


def check_upload(content: bytes, kind: str) -> None:
    if not content:
        raise wrong("file must be non-empty")
    if kind == "photo" and len(content) > PHOTO:
        raise wrong(f"file of size {len(content)} bytes is too big for a photo; the maximum size is {PHOTO} bytes")
    if len(content) > DOCUMENT:
        raise Refused("Request Entity Too Large", 413, strict=True)


def check_picture(size: tuple[int, int] | None) -> None:
    if size is None:
        raise wrong("IMAGE_PROCESS_FAILED")
    if sum(size) > 10_000 or max(size) > 20 * min(size):
        raise wrong("PHOTO_INVALID_DIMENSIONS")


def check_hook(url: str, secret: str, connections: int) -> None:
    parts = urlsplit(url)
    ours = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}  # where tests listen
    if parts.scheme != "https" and not ours:
        raise wrong("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.scheme == "https" and parts.port not in {None, 443, 80, 88, 8443}:
        raise wrong("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise wrong("secret token contains unallowed characters")
    if not 1 <= connections <= 100:
        raise wrong("strict: max_connections is 1-100")
