"""The methods `messages.*` of the API: what each refuses, what it does to a conversation, what it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from tests.fakes.vk_chats import FIRST_CHAT, Conversation, Message
from tests.fakes.vk_errors import TEXTS, VkError, invalid
from tests.fakes.vk_group import FakeGroup
from tests.fakes.vk_keyboard import Keyboard, checked

Args = dict[str, Any]
TEXT, PAYLOAD, ATTACHMENTS, PEERS, EVENT_DATA, SNACKBAR = 4096, 1000, 10, 100, 1000, 90
EDITABLE = 24 * 3600.0
ANSWERABLE = 60.0
INT32 = 2**31
TO_WHOM = ("user_id", "peer_id", "peer_ids", "domain", "chat_id")
UNSUPPORTED = ("template", "sticker_id", "forward_messages", "content_source", "subscribe_id")
EVENT_ANSWERS = {"show_snackbar": {"text"}, "open_link": {"link"}, "open_app": {"app_id", "owner_id", "hash"}}
_ATTACHMENT = re.compile(r"((?:photo|doc)-?\d+_\d+)(?:_(\w+))?")


def send(group: FakeGroup, args: Args) -> Any:
    random_id = _random_id(args)
    peers = _peers(group, args)
    content = _content(group, args)
    asked = _asked(args)

    def sent(peer_id: int) -> Message:
        conversation = _open(group, peer_id)
        if repeated := conversation.repeated(random_id):
            return repeated
        message = group.put(conversation, -group.id, random_id=random_id, asked=asked, **content)
        group.happened("message_reply", message.shape())
        return message

    if "peer_ids" not in args:
        return sent(peers[0]).id
    return [_result(sent, peer_id) for peer_id in peers]


def edit(group: FakeGroup, args: Args) -> int:
    message = _ours(group, args)
    if group.world.now() - message.date > EDITABLE:
        raise VkError(909)
    if message.geo:
        raise VkError(920)
    content = _content(group, args)
    message.text, message.attachments = content["text"], content["attachments"]
    message.keyboard, message.asked = content["keyboard"], _asked(args)
    message.edits, message.update_time = message.edits + 1, int(group.world.now())
    group.conversation(message.peer_id).changed(message)
    group.happened("message_edit", message.shape())
    return 1


def delete(group: FakeGroup, args: Args) -> list[Args]:
    if not args.get("delete_for_all"):
        raise invalid("delete_for_all is not set: the people would go on seeing it")
    return [_deleted(group, message) for message in _found(group, args)]


def answer_event(group: FakeGroup, args: Args) -> int:
    press = group.presses.get(args["event_id"])
    if press is None or (press.user_id, press.peer_id) != (args["user_id"], args["peer_id"]):
        raise invalid("event_id is unknown")
    if press.answered:
        raise invalid("event_id is answered already")
    if group.world.now() - press.at > ANSWERABLE:
        raise VkError(100, "event_id is expired", mistake=False)
    data = _event_data(args["event_data"]) if "event_data" in args else {}
    press.answered = True
    if "text" in data:
        press.phone.toast(data["text"])
    elif "link" in data:
        press.phone.open(data["link"])
    press.phone.changes.happened()
    return 1


def mark_as_read(group: FakeGroup, args: Args) -> int:
    conversation = _known(group, args)
    conversation.read = args.get("up_to_cmid") or len(conversation.messages)
    return 1


def set_activity(group: FakeGroup, args: Args) -> int:
    if args.get("type") not in {"typing", "audiomessage", "photo", "video", "file"}:
        raise invalid("type is undefined")
    conversation = _open(group, args.get("peer_id") or args.get("user_id") or 0)
    conversation.activity.append(args["type"])
    return 1


def is_allowed(group: FakeGroup, args: Args) -> Args:
    _own_group(group, args)
    conversation = group.conversations.get(args["user_id"])
    return {"is_allowed": int(conversation is not None and not conversation.closed)}


def get_by_id(group: FakeGroup, args: Args) -> Args:
    items = [message.shape() for message in _found(group, args)]
    return {"count": len(items), "items": items}


METHODS: dict[str, Callable[[FakeGroup, Args], Any]] = {
    "messages.send": send,
    "messages.edit": edit,
    "messages.delete": delete,
    "messages.sendMessageEventAnswer": answer_event,
    "messages.markAsRead": mark_as_read,
    "messages.setActivity": set_activity,
    "messages.isMessagesFromGroupAllowed": is_allowed,
    "messages.getById": get_by_id,
    "messages.getByConversationMessageId": get_by_id,
}


def _random_id(args: Args) -> int:
    """Zero is taken by the real one, which then sends as often as it is asked to."""
    random_id: int = args.get("random_id", 0)
    if not random_id:
        raise invalid("random_id is a required parameter")
    if not -INT32 <= random_id < INT32:
        raise invalid("random_id is not a 32-bit integer")
    return random_id


def _peers(group: FakeGroup, args: Args) -> list[int]:
    given = [name for name in TO_WHOM if name in args]
    if len(given) != 1:
        raise invalid("you should specify peer_id, user_id, domain, chat_id or user_ids param")
    match given[0], args[given[0]]:
        case "peer_ids", list(peers):
            if not 0 < len(peers) <= PEERS:
                raise invalid(f"peer_ids should contain 1 to {PEERS} peers")
            return peers
        case "chat_id", int(number):
            return [FIRST_CHAT + number]
        case "domain", str(domain):
            return [int(domain.removeprefix("id")) if re.fullmatch(r"id\d+", domain) else 0]
        case _, peer_id:
            return [peer_id]


def _content(group: FakeGroup, args: Args) -> Args:
    """What a message consists of; everything that is wrong with it, whoever it is for."""
    if unsupported := [name for name in UNSUPPORTED if name in args]:
        raise invalid(f"{unsupported[0]} is not known to this fake")
    text: str = args.get("message", "")
    if len(text) > TEXT:
        raise VkError(914)
    attachments = _attachments(group, args.get("attachment", ""))
    geo = _geo(args)
    if not (text.strip() or attachments or geo):
        raise invalid("message is empty or invalid")
    if len(args.get("payload", "")) > PAYLOAD:
        raise invalid("payload is too long")
    return {"text": text, "attachments": attachments, "geo": geo, "keyboard": _keyboard(group, args)}


def _keyboard(group: FakeGroup, args: Args) -> Keyboard | None:
    if "keyboard" not in args:
        return None
    keyboard = checked(args["keyboard"])
    if not group.bot_features:
        raise VkError(912)
    return keyboard


def _geo(args: Args) -> Args | None:
    if "lat" not in args and "long" not in args:
        return None
    lat, lon = args.get("lat", 91), args.get("long", 181)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise invalid("lat or long is incorrect")
    return {"type": "point", "coordinates": {"latitude": lat, "longitude": lon}}


def _attachments(group: FakeGroup, text: str) -> list[Args]:
    names = text.split(",") if text else []
    if len(names) > ATTACHMENTS:
        raise invalid(f"attachment contains more than {ATTACHMENTS} objects")
    return [_attachment(group, name) for name in names]


def _attachment(group: FakeGroup, name: str) -> Args:
    match = _ATTACHMENT.fullmatch(name)
    found = group.world.media.get(match[1]) if match else None
    if not match or found is None:
        raise invalid(f"attachment {name} is invalid")
    thing = found[found["type"]]
    if match[2] and match[2] != thing["access_key"]:
        raise invalid(f"attachment {name} has a wrong access key")
    return found


def _asked(args: Args) -> Args:
    names = ("attachment", "disable_mentions", "dont_parse_links", "intent", "lat", "long", "payload", "reply_to")
    return {name: args[name] for name in names if name in args}


def _open(group: FakeGroup, peer_id: int) -> Conversation:
    """Where the group may write."""
    conversation = group.conversations.get(peer_id)
    if conversation is None:
        raise VkError(917 if peer_id > FIRST_CHAT else 901)
    if conversation.closed:
        raise VkError(conversation.closed)
    return conversation


def _result(sent: Callable[[int], Message], peer_id: int) -> Args:
    try:
        message = sent(peer_id)
    except VkError as error:
        said = {"code": error.code, "description": TEXTS[error.code]}
        return {"peer_id": peer_id, "message_id": 0, "conversation_message_id": 0, "error": said}
    return {"peer_id": peer_id, "message_id": message.id, "conversation_message_id": message.cmid}


def _known(group: FakeGroup, args: Args) -> Conversation:
    conversation = group.conversations.get(args.get("peer_id", 0))
    if conversation is None:
        raise invalid("peer_id is undefined")
    return conversation


def _found(group: FakeGroup, args: Args) -> list[Message]:
    """By number in the conversation or in the group; what is not there is left out."""
    if cmids := args.get("cmids") or args.get("conversation_message_ids"):
        messages: Iterable[Message] = _known(group, args).messages
        return [message for message in messages if message.cmid in cmids and not message.deleted]
    if not (ids := args.get("message_ids")):
        raise invalid("message_ids is undefined")
    messages = (message for conversation in group.conversations.values() for message in conversation.messages)
    return [message for message in messages if message.id in ids and not message.deleted]


def _ours(group: FakeGroup, args: Args) -> Message:
    cmid = args.get("cmid") or args.get("conversation_message_id")
    if not (cmid or args.get("message_id")):
        raise invalid("message_id is undefined")
    conversation = _known(group, args)
    if conversation.closed:
        raise VkError(conversation.closed)
    for message in conversation.messages:
        if message.cmid == cmid or (not cmid and message.id == args["message_id"]):
            if message.from_id != -group.id or message.deleted:
                raise VkError(920, mistake=not message.deleted)
            return message
    raise invalid("message_id is incorrect")


def _deleted(group: FakeGroup, message: Message) -> Args:
    result: Args = {
        "peer_id": message.peer_id,
        "message_id": message.id,
        "conversation_message_id": message.cmid,
    }
    if message.from_id != -group.id or group.world.now() - message.date > EDITABLE:
        return {**result, "response": 0, "error": {"code": 924, "description": TEXTS[924]}}
    message.deleted = True
    group.conversation(message.peer_id).changed(message)
    return {**result, "response": 1}


def _event_data(text: str) -> Args:
    try:
        data = json.loads(text)
    except ValueError:
        raise invalid("event_data contains incorrect JSON") from None
    fields = EVENT_ANSWERS.get(data.get("type", "")) if isinstance(data, dict) else None
    if len(text) > EVENT_DATA or fields is None or data.keys() - fields - {"type"}:
        raise invalid("event_data is incorrect")
    if "text" in fields and not 0 < len(data.get("text", "")) <= SNACKBAR:
        raise invalid(f"event_data text should be 1 to {SNACKBAR} letters long")
    if "link" in fields and not str(data.get("link", "")).startswith("https://"):
        raise invalid("event_data link is incorrect")
    answer: Args = data
    return answer


def _own_group(group: FakeGroup, args: Args) -> None:
    if args["group_id"] != group.id:
        raise VkError(15, "group_id is not the one of this token")
