"""Looks at each bot as Telegram sees it. Asks only, changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from bots.ask import Ask, Away, Said, of_telegram
from bots.config import Settings
from bots.doctor.finding import Finding, bad, good, look, tidy
from bots.telegram.hook import PATH, STAFF_PATH

REFUSED = frozenset({401, 404})
"""404 is what a token of an impossible form meets."""
MANY = 100
"""Updates that wait: somebody is not being heard."""
LAW = (
    "Telegram is a foreign messenger: since 1 June 2025 (41-ФЗ) state and municipal bodies and their organisations may "
    "not talk with citizens there. Your lawyer has to say whether you may."
)


async def telegram(settings: Settings) -> AsyncIterator[Finding]:
    bots = (
        ("TELEGRAM_TOKEN", settings.telegram_token, PATH),
        ("TELEGRAM_STAFF_TOKEN", settings.telegram_staff_token, STAFF_PATH),
    )
    try:
        for name, token, path in bots:
            if token:
                async with of_telegram(settings, token.get_secret_value()) as ask:
                    async for finding in _bot(name, path, settings, ask):
                        yield finding
    except Away as away:
        yield bad(
            f"Telegram: {away}.",
            "check the network; where Telegram is blocked, set TELEGRAM_API_URL to a proxy or a server of yours",
        )
        return
    if settings.telegram_token and settings.telegram_pii == "full":
        yield look(LAW, "TELEGRAM_PII=off asks and shows no personal data there; docs/connect.md says what that means")


async def _bot(name: str, path: str, settings: Settings, ask: Ask) -> AsyncIterator[Finding]:
    try:
        me = await ask("getMe")
    except Said as said:
        yield _refused(name, said)
        return
    user = tidy(me.get("username", ""))
    yield good(f"{name}: Telegram knows the bot «{tidy(me.get('first_name', ''))}», https://t.me/{user}")
    if me.get("can_join_groups"):
        yield look(
            f"{name}: anybody can add the bot to a group, where it only says that it talks to one person.",
            f"@BotFather: /setjoingroups, choose @{user}, «Disable»",
        )
    if me.get("can_read_all_group_messages"):
        yield look(
            f"{name}: in a group the bot is sent everything that is written there.",
            f"@BotFather: /setprivacy, choose @{user}, «Enable»",
        )
    async for finding in _updates(name, settings, path, ask):
        yield finding


def _refused(name: str, said: Said) -> Finding:
    if said.code in REFUSED:
        return bad(
            f"{name}: Telegram refuses it.",
            "@BotFather: /token, choose the bot, copy the whole line; /revoke makes a new one. A bot that moves to a "
            "Bot API server of your own has to be logged out of Telegram's first (its method logOut)",
        )
    return bad(f"{name}: Telegram answers: {tidy(said)}", "wait a little and try again")


async def _updates(name: str, settings: Settings, path: str, ask: Ask) -> AsyncIterator[Finding]:
    """How what people write gets here."""
    try:
        hook: dict[str, Any] = await ask("getWebhookInfo")
    except Said as said:
        yield bad(f"{name}: Telegram does not tell of its webhook: {tidy(said)}", "wait a little and try again")
        return
    url, wanted = str(hook.get("url", "")), f"{settings.address}{path}"
    if settings.telegram_mode == "polling":
        yield _polled(name, url)
    elif url != wanted:
        where = f"leads to {tidy(urlsplit(url).netloc)}" if url else "is not set yet"
        yield look(f"{name}: the webhook {where}; the next start sets it to {wanted}")
    else:
        yield good(f"{name}: the webhook is {wanted}")
    if url and hook.get("last_error_message"):
        yield look(
            f"{name}: Telegram could not bring an update: {tidy(hook['last_error_message'])}",
            f"the TLS proxy has to lead {wanted} to this machine, with a certificate that Telegram trusts",
        )
    waiting = hook.get("pending_update_count", 0)
    if isinstance(waiting, int) and waiting > MANY:
        yield look(
            f"{name}: {waiting} updates wait to be fetched; Telegram keeps them for 24 hours", "is Otklik running?"
        )


def _polled(name: str, url: str) -> Finding:
    if not url:
        return good(f"{name}: updates are fetched by polling")
    return look(
        f"{name}: a webhook leads to {tidy(urlsplit(url).netloc)}; the next start removes it (TELEGRAM_MODE=polling)",
        "if another program uses this bot, give Otklik one of its own: @BotFather, /newbot",
    )
