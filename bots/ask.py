"""Questions that an operator's commands ask a messenger: each once, and what came back, in words for a terminal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import bots.telegram.api as telegram
import bots.vk.api as vk
from bots.config import Settings
from bots.pace import Pace

Ask: TypeAlias = Callable[..., Awaitable[Any]]
"""With the name of a method and its parameters. Raises Away or Said."""


class Away(Exception):
    """The messenger does not answer, or something else does. Says who and how."""


class Said(Exception):
    """The messenger says no, in its own words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


@asynccontextmanager
async def of_telegram(settings: Settings, token: str) -> AsyncIterator[Ask]:
    host = urlsplit(settings.telegram_api_url).netloc
    async with telegram.Api(settings.telegram_api_url, token) as api:

        async def ask(method: str, **params: Any) -> Any:
            try:
                answer = await api.call(method, params)
            except (telegram.NotSent, telegram.Unknown) as error:
                raise Away(f"{host} does not answer ({error})") from None
            if answer.ok:
                return answer.result
            if not answer.description:
                raise Away(f"{host} answers, but not as Telegram does (status {answer.code})")
            raise Said(answer.code, f"{answer.description} ({answer.code})")

        yield ask


@asynccontextmanager
async def of_vk(settings: Settings) -> AsyncIterator[Ask]:
    host = urlsplit(settings.vk_api_url).netloc
    api = vk.Api(settings.vk_api_url, settings.vk_token.get_secret_value(), Pace(vk.LIMITS))

    async def ask(method: str, **params: Any) -> Any:
        try:
            return await api.call(method, **params)
        except vk.Away as error:
            raise Away(f"{host} does not answer as it should ({error})") from None
        except vk.VKError as error:
            raise Said(error.code, str(error)) from None

    try:
        yield ask
    finally:
        await api.close()
