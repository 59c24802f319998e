"""The methods `groups.*` and `users.get`: who the group is, how its events are fetched, who the people are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.fakes.vk_errors import VkError, invalid
from tests.fakes.vk_group import PERMISSIONS, FakeGroup
from tests.fakes.vk_phone import VkPhone
from tests.fakes.vk_schema import event_names

Args = dict[str, Any]
SERVERS, TITLE, SECRET, USERS = 10, 14, 50, 1000


def get_by_id(group: FakeGroup, args: Args) -> Args:
    """Without a group named it is the token's own, as with the real one."""
    asked = args.get("group_ids") or [args.get("group_id", group.id)]
    numbers = [str(name).removeprefix("club") for name in asked]
    if not all(number.isdecimal() for number in numbers):
        raise invalid("group_ids is undefined")
    return {"groups": [_shape(group, int(number)) for number in numbers], "profiles": []}


def token_permissions(group: FakeGroup, args: Args) -> Args:
    granted = [{"name": name, "setting": PERMISSIONS[name]} for name in PERMISSIONS if name in group.permissions]
    return {"mask": sum(PERMISSIONS[name] for name in group.permissions), "permissions": granted}


def longpoll_server(group: FakeGroup, args: Args) -> Args:
    return dict(group.longpoll.server(f"{group.world.base}/longpoll/{group.id}"))


def longpoll_settings(group: FakeGroup, args: Args) -> Args:
    return group.longpoll.settings


def set_longpoll_settings(group: FakeGroup, args: Args) -> int:
    if "enabled" in args:
        group.longpoll.settings["is_enabled"] = args["enabled"]
    _configure(group.longpoll.settings, args)
    return 1


def confirmation_code(group: FakeGroup, args: Args) -> Args:
    return {"code": group.confirmation}


def callback_servers(group: FakeGroup, args: Args) -> Args:
    items = [
        {
            "id": server.id,
            "title": server.title,
            "creator_id": 1,
            "url": server.url,
            "secret_key": server.secret,
            "status": server.status,
        }
        for server in group.callbacks
        if server.id in (args.get("server_ids") or [server.id])
    ]
    return {"count": len(items), "items": items}


def add_callback_server(group: FakeGroup, args: Args) -> Args:
    """It is asked for its confirmation soon, as the real one does; `status` says how that went."""
    _long(args, "title", TITLE)
    _long(args, "secret_key", SECRET)
    if len(group.callbacks) >= SERVERS:
        raise VkError(2000)
    server = group.callback(args["url"], args.get("secret_key", ""), events=())
    server.title, server.status = args["title"], "wait"
    group.background.add(asyncio.create_task(server.confirm()))
    return {"server_id": server.id}


def callback_settings(group: FakeGroup, args: Args) -> Args:
    return _server(group, args)


def set_callback_settings(group: FakeGroup, args: Args) -> int:
    _configure(_server(group, args), args)
    return 1


def users(group: FakeGroup, args: Args) -> list[Args]:
    """Unknown ones are left out."""
    asked = args.get("user_ids", [])
    if not asked or len(asked) > USERS:
        raise VkError(100, "user_ids is undefined")
    found = [group.users[int(name.removeprefix("id"))] for name in asked if _is_known(group, name)]
    return [_profile(phone, args.get("fields", [])) for phone in found]


METHODS: dict[str, Callable[[FakeGroup, Args], Any]] = {
    "groups.getById": get_by_id,
    "groups.getTokenPermissions": token_permissions,
    "groups.getLongPollServer": longpoll_server,
    "groups.getLongPollSettings": longpoll_settings,
    "groups.setLongPollSettings": set_longpoll_settings,
    "groups.getCallbackConfirmationCode": confirmation_code,
    "groups.getCallbackServers": callback_servers,
    "groups.addCallbackServer": add_callback_server,
    "groups.getCallbackSettings": callback_settings,
    "groups.setCallbackSettings": set_callback_settings,
    "users.get": users,
}


def _shape(group: FakeGroup, id: int) -> Args:
    """Any other group is one that anybody may look at, too."""
    name = group.name if id == group.id else "Somebody else's"
    shape = {"id": id, "name": name, "screen_name": f"club{id}", "is_closed": 0, "type": "group"}
    return shape | {f"photo_{size}": f"{group.world.base}/avatar.jpg" for size in (50, 100, 200)}


def _profile(phone: VkPhone, fields: list[str]) -> Args:
    """What was not asked for is not told."""
    profile = {"id": phone.user_id, "first_name": phone.name, "last_name": "", "can_access_closed": True}
    more = {"sex": 0, "screen_name": f"id{phone.user_id}", "domain": f"id{phone.user_id}", "timezone": 3}
    return profile | {"is_closed": False} | {name: more[name] for name in fields if name in more}


def _configure(settings: Args, args: Args) -> None:
    if "api_version" in args:
        settings["api_version"] = args["api_version"]
    settings["events"] |= {name: int(args[name]) for name in event_names() if name in args}


def _server(group: FakeGroup, args: Args) -> Args:
    for server in group.callbacks:
        if server.id == args.get("server_id", 0):
            return server.settings
    raise VkError(104)


def _is_known(group: FakeGroup, name: Any) -> bool:
    number = str(name).removeprefix("id")
    return number.isdecimal() and int(number) in group.users


def _long(args: Args, name: str, most: int) -> None:
    if len(args.get(name, "")) > most:
        raise invalid(f"{name} is too long")
