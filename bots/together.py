"""Which settings belong together. Each rule raises ValueError with one sentence that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bots.addresses import at, is_loopback, port_of

if TYPE_CHECKING:
    from bots.config import Settings

WEBHOOK_PORTS = frozenset({443, 80, 88, 8443})
"""Where Telegram brings updates to: core.telegram.org/bots/api#setwebhook."""


def check_messengers(settings: Settings) -> None:
    _two_bots(settings)
    _webhook(settings)
    _community(settings)
    _callback(settings)
    _no_demo_for_real_people(settings)


def check_operations(settings: Settings) -> None:
    """Whoever opens the operators' page may send messages again and set them aside."""
    if not settings.ops_port:
        return
    if not settings.ops_token and not is_loopback(at(settings.ops_host, settings.ops_port)):
        raise ValueError("OPS_TOKEN should be set where OPS_HOST is no loopback address: 16 letters and digits or more")
    if settings.ops_port == settings.http_port and settings.ops_host == settings.http_host:
        raise ValueError("OPS_PORT should be another one than HTTP_PORT: the operators' page is nobody else's")


def _two_bots(settings: Settings) -> None:
    citizens, staff = settings.telegram_token, settings.telegram_staff_token
    if citizens and bot_number(citizens.get_secret_value()) == bot_number(staff.get_secret_value()):
        raise ValueError(
            "TELEGRAM_STAFF_TOKEN is of the same bot as TELEGRAM_TOKEN: officials need their own (@BotFather, /newbot)"
        )


def _webhook(settings: Settings) -> None:
    if settings.telegram_mode != "webhook" or not (settings.telegram_token or settings.telegram_staff_token):
        return
    if not settings.telegram_secret:
        raise ValueError(
            "TELEGRAM_SECRET should be set with TELEGRAM_MODE=webhook: 16 to 256 Latin letters, digits, _ and -"
        )
    url = settings.public_url
    near = url.startswith("http:") and is_loopback(settings.telegram_api_url)
    if not near and not (url.startswith("https:") and port_of(url) in WEBHOOK_PORTS):
        raise ValueError(
            "PUBLIC_URL should begin with https:// and have port 443, 80, 88 or 8443, or TELEGRAM_MODE be polling"
        )


def _community(settings: Settings) -> None:
    if bool(settings.vk_token) == bool(settings.vk_group_id):
        return
    missing, given = ("VK_TOKEN", "VK_GROUP_ID") if settings.vk_group_id else ("VK_GROUP_ID", "VK_TOKEN")
    raise ValueError(f"{missing} should be set too: it goes together with {given}")


def _callback(settings: Settings) -> None:
    if settings.vk_mode != "callback" or not settings.vk_token:
        return
    for name, value in (("VK_SECRET", settings.vk_secret), ("VK_CONFIRMATION", settings.vk_confirmation)):
        if not value:
            raise ValueError(f"{name} should be set with VK_MODE=callback: it stands in the community's Callback API")
    url = settings.public_url
    if not url.startswith("https:") and not (url and is_loopback(settings.vk_api_url)):
        raise ValueError(
            "PUBLIC_URL should begin with https:// with VK_MODE=callback: VK brings what people write there"
        )


def _no_demo_for_real_people(settings: Settings) -> None:
    """A made-up region must not answer anybody, nor lie in the database that will."""
    telegram, vk = settings.telegram_api_url, settings.vk_api_url
    tokens = (
        ("TELEGRAM_TOKEN", settings.telegram_token, telegram),
        ("TELEGRAM_STAFF_TOKEN", settings.telegram_staff_token, telegram),
        ("VK_TOKEN", settings.vk_token, vk),
    )
    for name, token, url in tokens:
        if settings.demo and token and not is_loopback(url):
            raise ValueError(
                f"DEMO=1 is no region for real people, and {name} is set: for a clean start set DEMO=0, REGION (your "
                "own) and DATABASE_URL (an empty one)"
            )


def bot_number(token: str) -> str:
    """Of a Telegram bot: the part of its token that is no secret."""
    return token.partition(":")[0]
