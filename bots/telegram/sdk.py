"""The only module that imports aiogram, which takes seconds: it is itself imported when the bot is opened, in a thread.
Serves what is not asked for all the time: who we are, what the bot says of itself, the webhook, and uploads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar, cast

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    InputMediaDocument,
    InputMediaPhoto,
    MenuButtonCommands,
    Message,
)
from aiogram.utils.token import TokenValidationError
from aiohttp import ClientTimeout

from bots.telegram.api import CONNECT, NEVER_LEFT, Answer, Api, NotSent, TokenRefused, Unknown
from bots.telegram.media import Item, Uploaded
from bots.telegram.receive import KINDS
from bots.telegram.texts import Said

SECONDS = 40.0
"""For an upload."""
CONNECTIONS = 40
"""Webhook requests side by side."""
_CODES: tuple[tuple[type[TelegramAPIError], int], ...] = (
    (TelegramBadRequest, 400),
    (TelegramUnauthorizedError, 401),
    (TelegramForbiddenError, 403),
    (TelegramNotFound, 404),
    (TelegramConflictError, 409),
    (TelegramEntityTooLarge, 413),
    (TelegramServerError, 500),
)
T = TypeVar("T")
log = structlog.get_logger(__name__)


class _Session(AiohttpSession):
    """Tells a fault of the servers, which is not written in JSON, from an answer that is none."""

    def check_response(self, bot: Bot, method: TelegramMethod[T], status_code: int, content: str) -> Response[T]:
        if status_code >= 500 or status_code >= 300 and not content.startswith("{"):
            raise TelegramServerError(method, str(status_code))
        return super().check_response(bot, method, status_code, content)

    async def close(self) -> None:
        """At once: what aiogram waits for, aiohttp does by itself."""
        if self._session is not None:
            await self._session.close()


class Sdk:
    """Raises OSError where Telegram does not answer, and TokenRefused where it does not let us in."""

    def __init__(self, base: str, token: str, api: Api) -> None:
        limits = cast(float, ClientTimeout(total=SECONDS, connect=CONNECT))
        session = _Session(api=TelegramAPIServer.from_base(base), timeout=limits)
        try:
            self._bot = Bot(token, session)
        except TokenValidationError:
            raise TokenRefused from None
        self._room = api.room

    async def close(self) -> None:
        await self._bot.session.close()

    async def username(self) -> str:
        return (await _answered(self._bot.get_me())).username or ""

    async def introduce(self, said: Iterable[Said]) -> None:
        """Best effort: how the bot looks in one language or another stops nothing."""
        bot, scope = self._bot, BotCommandScopeAllPrivateChats()
        asked: list[Callable[[], Awaitable[object]]] = [
            partial(bot.set_chat_menu_button, menu_button=MenuButtonCommands())
        ]
        for one in said:
            commands = [BotCommand(command=name, description=words) for name, words in one.commands]
            asked += [
                partial(bot.set_my_commands, commands, scope, one.language),
                partial(bot.set_my_description, one.description, one.language),
                partial(bot.set_my_short_description, one.short, one.language),
            ]
        for ask in asked:
            try:
                await ask()
            except AiogramError as error:
                log.warning("not_introduced", problem=type(error).__name__)
                if isinstance(error, TelegramNetworkError | TelegramRetryAfter):
                    return  # the others would fare no better

    async def bring_to(self, url: str, secret: str) -> None:
        """From now on updates are brought; those that wait too."""
        await _answered(
            self._bot.set_webhook(url, secret_token=secret, allowed_updates=[*KINDS], max_connections=CONNECTIONS)
        )

    async def stop_bringing(self) -> None:
        await _answered(self._bot.delete_webhook(drop_pending_updates=False))

    async def send(self, chat: int, items: Sequence[Item]) -> Answer:
        async with self._room:
            try:
                return Answer(
                    ok=True, code=200, result=[_uploaded(message) for message in await self._sent(chat, items)]
                )
            except TelegramNetworkError as error:
                if isinstance(error, TelegramEntityTooLarge):
                    return _refusal(error)
                if isinstance(error.__cause__, NEVER_LEFT):
                    raise NotSent(type(error.__cause__).__name__) from None
                raise Unknown(type(error.__cause__).__name__) from None
            except ClientDecodeError:
                raise Unknown("an answer that is none") from None
            except TelegramAPIError as error:
                return _refusal(error)

    async def _sent(self, chat: int, items: Sequence[Item]) -> list[Message]:
        if len(items) > 1:
            kind = InputMediaPhoto if items[0].photo else InputMediaDocument
            return await self._bot.send_media_group(chat, [kind(media=_media(item)) for item in items])
        item = items[0]
        send: Any = self._bot.send_photo if item.photo else self._bot.send_document
        return [await send(chat, _media(item))]


async def _answered(asked: Awaitable[T]) -> T:
    try:
        return await asked
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise TokenRefused from None
    except AiogramError as error:
        raise OSError(type(error).__name__) from None


def _media(item: Item) -> BufferedInputFile | str:
    """By name, or by its bytes."""
    held = item.held
    if isinstance(held, str):
        return held
    if held is None:
        raise ValueError("What is not there cannot be sent.")
    return BufferedInputFile(held.content, item.name or held.name or "photo.jpg")


def _uploaded(message: Message) -> Uploaded:
    file = message.photo[-1] if message.photo else message.document
    return Uploaded(str(message.message_id), file.file_id if file else "")


def _refusal(error: TelegramAPIError) -> Answer:
    if isinstance(error, TelegramRetryAfter):
        return Answer(ok=False, code=429, description="too many", parameters={"retry_after": error.retry_after})
    if isinstance(error, TelegramMigrateToChat):
        moved = {"migrate_to_chat_id": error.migrate_to_chat_id}
        return Answer(ok=False, code=400, description="migrated", parameters=moved)
    code = next((code for kind, code in _CODES if isinstance(error, kind)), 400)
    return Answer(ok=False, code=code, description=error.message or "")
