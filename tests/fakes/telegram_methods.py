"""What the calls about messages and files do. Their names and types were already held against the SDK's models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes import telegram_rules as rules
from tests.fakes.telegram_bot import FakeBot
from tests.fakes.telegram_chats import Chat, File, Json, picture_size
from tests.fakes.telegram_params import Refused, Upload, wrong
from tests.fakes.telegram_text import formatted, width

Uploads = Mapping[str, Upload]
Method = Callable[[FakeBot, Json, Uploads], Any]
_SHOWN = frozenset({"inline_keyboard"})  # of all markups only this one hangs on its message


def send_message(bot: FakeBot, p: Json, files: Uploads) -> Json:
    text, entities = formatted(p)
    return _send(bot, p, {"text": text, **({"entities": entities} if entities else {})})


def send_photo(bot: FakeBot, p: Json, files: Uploads) -> Json:
    return _send(bot, p, _photo(bot, p["photo"], files) | _caption(p))


def send_document(bot: FakeBot, p: Json, files: Uploads) -> Json:
    return _send(bot, p, _document(bot, p["document"], files) | _caption(p))


def send_media_group(bot: FakeBot, p: Json, files: Uploads) -> list[Json]:
    rules.check_album(p["media"])
    kinds: dict[str, Callable[[FakeBot, str, Uploads], Json]] = {"photo": _photo, "document": _document}
    items = [kinds[it["type"]](bot, it["media"], files) | _caption(it) for it in p["media"]]
    chat = _open_chat(bot, p, messages=len(items))
    album = {"media_group_id": f"{bot.id}{len(bot.ledger):08}"}
    return [chat.write(bot.user, item | album) for item in items]


def _send(bot: FakeBot, p: Json, facts: Json) -> Json:
    markup = p.get("reply_markup", {})
    chat = _chat(bot, p)
    rules.check_markup(markup, private=chat.private)
    _open_chat(bot, p)
    shown = {"reply_markup": markup} if markup.get("inline_keyboard") else {}
    message = chat.write(bot.user, facts | shown | _replied(chat, p))
    if markup and not markup.keys() & _SHOWN:
        chat.uneditable.add(message["message_id"])
    if {"keyboard", "remove_keyboard"} & markup.keys():
        chat.below(markup)
    return message


def _chat(bot: FakeBot, p: Json) -> Chat:
    if (chat := bot.chats.get(p["chat_id"])) is None:
        raise Refused("Bad Request: chat not found")
    return chat


def _open_chat(bot: FakeBot, p: Json, messages: int = 0) -> Chat:
    chat = _chat(bot, p)
    if chat.closed:
        raise chat.closed
    bot.rates.take(chat.id, messages or 1)
    return chat


def _replied(chat: Chat, p: Json) -> Json:
    reply = p.get("reply_parameters", {})
    number = reply.get("message_id", p.get("reply_to_message_id"))
    if number is None:
        return {}
    if number in chat.messages:
        return {"reply_to_message": chat.messages[number]}
    if reply.get("allow_sending_without_reply") or p.get("allow_sending_without_reply"):
        return {}
    raise Refused("Bad Request: message to be replied not found")


def _caption(p: Json) -> Json:
    text, entities = formatted(p, "caption")
    return {name: it for name, it in (("caption", text), ("caption_entities", entities)) if it}


def _photo(bot: FakeBot, media: str, files: Uploads) -> Json:
    if upload := _upload(media, files, "photo"):
        size = picture_size(upload.content)
        rules.check_picture(size)
        assert size
        return {"photo": bot.files.photo(upload.content, size)}
    file = _known(bot, media, "photo")
    wide, high = picture_size(file.content) or (1280, 720)
    return {"photo": [{**file.facts, "width": wide, "height": high}]}


def _document(bot: FakeBot, media: str, files: Uploads) -> Json:
    if upload := _upload(media, files, "document"):
        return {"document": bot.files.document(upload.content, upload.name, upload.mime)}
    return {"document": bot.files.described(_known(bot, media, "document"))}


def _upload(media: str, files: Uploads, kind: str) -> Upload | None:
    if not media.startswith("attach://"):
        return None
    upload = files[media.removeprefix("attach://")]
    rules.check_upload(upload.content, kind)
    return upload


def _known(bot: FakeBot, media: str, kind: str) -> File:
    if media.startswith(("http://", "https://")):
        raise wrong("strict: this fake fetches nothing; files are sent or named by file_id")
    if (file := bot.files.by_id.get(media)) is None:
        raise wrong("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        raise wrong(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return file


def edit_text(bot: FakeBot, p: Json, files: Uploads) -> Json:
    text, entities = formatted(p)
    chat, message = _own(bot, p, "edit")
    if "text" not in message:
        raise wrong("there is no text in the message to edit")
    return _rewrite(chat, message, {"text": text, "entities": entities or None, "reply_markup": _inline(p)})


def edit_markup(bot: FakeBot, p: Json, files: Uploads) -> Json:
    chat, message = _own(bot, p, "edit")
    return _rewrite(chat, message, {"reply_markup": _inline(p)})


def _inline(p: Json) -> Json | None:
    markup: Json = p.get("reply_markup", {})
    rules.check_markup(markup, private=True)
    return markup if markup.get("inline_keyboard") else None


def _rewrite(chat: Chat, message: Json, facts: Json) -> Json:
    if all(message.get(name) == it for name, it in facts.items()):
        raise Refused(
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
            " as a current content and reply markup of the message"
        )
    return chat.rewrite(message["message_id"], facts)


def _own(bot: FakeBot, p: Json, what: str) -> tuple[Chat, Json]:
    if "inline_message_id" in p or "chat_id" not in p or "message_id" not in p:
        raise wrong("message identifier is not specified")
    chat = _chat(bot, p)
    if chat.closed:
        raise chat.closed
    if (message := chat.messages.get(p["message_id"])) is None:
        raise Refused(f"Bad Request: message to {what} not found")
    if message.get("from") != bot.user or message["message_id"] in chat.uneditable:
        raise wrong("message can't be edited")
    return chat, message


def delete(bot: FakeBot, p: Json, files: Uploads) -> bool:
    chat = _chat(bot, p)
    if chat.closed:
        raise chat.closed
    if (message := chat.messages.get(p["message_id"])) is None:
        raise Refused("Bad Request: message to delete not found")
    if message.get("from") != bot.user and not chat.private:
        raise wrong("message can't be deleted")
    chat.delete(p["message_id"])
    return True


def answer_press(bot: FakeBot, p: Json, files: Uploads) -> bool:
    text = p.get("text", "")
    if width(text) > 200:
        raise wrong("MESSAGE_TOO_LONG")
    if not p.get("url", ours := f"https://t.me/{bot.username}?start=").startswith(
        (ours, ours.removeprefix("https://"))
    ):
        raise wrong("URL_INVALID")
    if (phone := bot.queries.pop(p["callback_query_id"], None)) is None:
        raise Refused("Bad Request: query is too old and response timeout expired or query ID is invalid")
    phone.toast(text)
    return True


def chat_action(bot: FakeBot, p: Json, files: Uploads) -> bool:
    rules.check_action(p["action"])
    if (chat := _chat(bot, p)).closed:
        raise chat.closed
    return True


def get_file(bot: FakeBot, p: Json, files: Uploads) -> Json:
    if (file := bot.files.by_id.get(p["file_id"])) is None:
        raise Refused("Bad Request: invalid file_id")
    if len(file.content) > rules.DOWNLOAD:
        raise Refused("Bad Request: file is too big")
    return {**file.facts, "file_path": file.path}


METHODS: Mapping[str, Method] = {
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "senddocument": send_document,
    "sendmediagroup": send_media_group,
    "editmessagetext": edit_text,
    "editmessagereplymarkup": edit_markup,
    "deletemessage": delete,
    "answercallbackquery": answer_press,
    "sendchataction": chat_action,
    "getfile": get_file,
}
