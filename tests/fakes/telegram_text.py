"""Formatted text as Telegram reads it: strict HTML, entities in UTF-16 units, the longest that a text may be.

Markdown is not read: nobody here writes it.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_params import wrong

TEXT, CAPTION = 4096, 1024
_NEEDS = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
_TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("tg-spoiler", "span"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_FOUND = {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
}  # by the server
_TYPES = {*_TAGS.values(), *_FOUND, "text_mention", "expandable_blockquote"}
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[A-Za-z][\w-]*)(?P<rest>[^<>]*)>|(?P<bad><)|(?P<text>[^<]+)")
_ATTRIBUTE = re.compile(r"""\s+([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_NAMED = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")  # other names stay as they are written
_COMMAND = re.compile(r"(?<![\w/@])/[a-zA-Z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")
_URL = re.compile(r"https?://[^\s<>\"]+")

Entities = list[dict[str, Any]]


def width(text: str) -> int:
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise wrong("strings must be encoded in UTF-8") from None


def formatted(params: Mapping[str, Any], name: str = "text") -> tuple[str, Entities]:
    """What the text (or caption) of a call says, with all its limits checked."""
    said, mode = params.get(name, ""), params.get("parse_mode")
    entities: Entities = params.get("entities" if name == "text" else f"{name}_entities", [])
    if mode and entities:
        raise wrong("strict: parse_mode and entities at once: only one of them is listened to")
    if mode and mode.lower() != "html":
        raise wrong(f"unsupported parse_mode {mode!r}: this fake reads HTML and entities")
    text, entities = _read_html(said) if mode else (said, entities)
    text, entities = _trimmed(text, _checked(text, entities))
    if name == "text" and not text:
        raise wrong("message text is empty")
    if width(text) > (TEXT if name == "text" else CAPTION):
        raise wrong("message is too long" if name == "text" else "message caption is too long")
    return text, entities


def noticed(text: str) -> Entities:
    """What the server finds in what people type."""
    found = [("bot_command", it) for it in _COMMAND.finditer(text)] + [("url", it) for it in _URL.finditer(text)]
    return [{"type": kind, "offset": width(text[: it.start()]), "length": width(it[0])} for kind, it in found]


def _checked(text: str, entities: Entities) -> Entities:
    if len(entities) > 100:
        raise wrong("strict: more than 100 entities: the rest would not be shown")
    edges = set(itertools.accumulate((width(char) for char in text), initial=0))
    for it in entities:
        start, end = it["offset"], it["offset"] + it["length"]
        if it["type"] not in _TYPES:
            raise wrong(f"unsupported type of message entity: {it['type']}")
        if it["type"] in _NEEDS and _NEEDS[it["type"]] not in it:
            raise wrong(f"strict: an entity {it['type']} needs {_NEEDS[it['type']]}")
        if start < 0 or it["length"] < 1 or end > width(text):
            raise wrong(f"entity beginning at UTF-16 offset {start} ends after the end of the text at {end}")
        if not {start, end} <= edges:
            raise wrong(f"entity beginning at UTF-16 offset {start} begins or ends in a middle of a UTF-16 symbol")
    for one, other in itertools.combinations(entities, 2):
        _check_pair(*sorted((one, other), key=lambda it: (it["offset"], -it["length"])))
    return sorted(entities, key=lambda it: (it["offset"], -it["length"]))


def _check_pair(outer: dict[str, Any], inner: dict[str, Any]) -> None:
    end = outer["offset"] + outer["length"]
    if inner["offset"] >= end:
        return
    if inner["offset"] + inner["length"] > end:
        raise wrong(f"strict: entities cross at UTF-16 offset {inner['offset']}")
    if {"pre", "code"} & {outer["type"], inner["type"]} or outer["type"] == inner["type"]:
        raise wrong(f"strict: {inner['type']} may not stand inside {outer['type']}")


@dataclass
class _Open:
    tag: str
    start: int
    facts: dict[str, Any] = field(default_factory=dict)


def _read_html(source: str) -> tuple[str, Entities]:
    text, entities, stack = "", [], list[_Open]()
    for token in _TOKEN.finditer(source):
        at = len(source[: token.start()].encode())
        if token["text"]:
            text += _NAMED.sub(lambda it: html.unescape(it[0]), token["text"])
        elif token["bad"]:
            raise _unparsed(f'Unsupported start tag "" at byte offset {at}')
        elif not token["end"]:
            stack.append(_opened(token["tag"].lower(), token["rest"], width(text), at))
        elif not stack:
            raise _unparsed(f"Unexpected end tag at byte offset {at}")
        elif stack[-1].tag != token["tag"].lower():
            raise _unparsed(f'Unmatched end tag at byte offset {at}, expected "</{stack[-1].tag}>", found "{token[0]}"')
        elif (closed := stack.pop()).start < width(text):
            entities.append(_entity(closed, width(text), [it.tag for it in stack]))
    if stack:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    return text, [it for it in entities if it]


def _opened(tag: str, rest: str, start: int, at: int) -> _Open:
    if tag not in _TAGS:
        raise _unparsed(f'Unsupported start tag "{tag}" at byte offset {at}')
    if _ATTRIBUTE.sub("", rest).strip():
        raise _unparsed(f'Unclosed start tag "{tag}" at byte offset {at}')
    said = {it[1].lower(): html.unescape(it[2] or it[3] or it[4] or "") for it in _ATTRIBUTE.finditer(rest)}
    wanted = {"a": {"href"}, "tg-emoji": {"emoji-id"}, "span": {"class"}}.get(tag, set())
    allowed = wanted | {"blockquote": {"expandable"}, "code": {"class"}}.get(tag, set())
    if not wanted <= said.keys() <= allowed or tag == "span" and said["class"] != "tg-spoiler":
        raise _unparsed(f'Tag "{tag}" must have other attributes than {sorted(said)} at byte offset {at}')
    return _Open(tag, start, said)


def _entity(it: _Open, end: int, around: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": _TAGS[it.tag], "offset": it.start, "length": end - it.start}
    match it.tag:
        case "a":
            made["url"] = it.facts["href"]
        case "tg-emoji":
            made["custom_emoji_id"] = it.facts["emoji-id"]
        case "blockquote" if "expandable" in it.facts:
            made["type"] = "expandable_blockquote"
        case "code" if around[-1:] == ["pre"]:
            return {}  # the block says it all
    return made


def _unparsed(why: str) -> Exception:
    return wrong(f"can't parse entities: {why}")


def _trimmed(text: str, entities: Entities) -> tuple[str, Entities]:
    lead, kept = width(text) - width(text.lstrip()), text.strip()
    moved = []
    for it in entities:
        start, end = max(it["offset"] - lead, 0), min(it["offset"] + it["length"] - lead, width(kept))
        if start < end:
            moved.append({**it, "offset": start, "length": end - start})
    return kept, moved
