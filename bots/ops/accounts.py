"""Which accounts of messengers the settings name, so that one that no process serves is missed."""

from __future__ import annotations

from bots.config import Settings
from bots.together import bot_number
from core.operations.types import Account


def accounts_of(settings: Settings) -> list[Account]:
    bots = ((settings.telegram_token, "Telegram"), (settings.telegram_staff_token, "Telegram for officials"))
    named = [Account("telegram", bot_number(token.get_secret_value()), name) for token, name in bots if token]
    return [*named, *([Account("vk", str(settings.vk_group_id), "VK")] if settings.vk_token else [])]
