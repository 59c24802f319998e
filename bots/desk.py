"""How officials get in and out: a single-use link, and its opposite. For operators, from the command line."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from bots.ask import Away, Said, of_telegram
from bots.config import Settings, SettingsError
from core.actors import Official
from core.authorities.entries import issue_entry, revoke_official
from core.authorities.queries import official_by_code
from core.clock import utc_now
from core.db import Database
from core.text import clean_text


@dataclass(frozen=True, slots=True)
class Invitation:
    """One token, so that only the first of its links that is used opens anything. `chat` is empty where officials have
    no bot; `remark` says why it is empty although they have one."""

    page: str
    chat: str = ""
    remark: str = ""


def link(settings: Settings, db: Database, code: str) -> str:
    return _page(settings, _token(db, code))


def invite(settings: Settings, db: Database, code: str) -> Invitation:
    token = _token(db, code)
    if not settings.telegram_staff_token:
        return Invitation(_page(settings, token))
    try:
        bot = asyncio.run(_officials_bot(settings))
    except Away as away:
        return Invitation(_page(settings, token), remark=f"No link for Telegram: {away}.")
    except Said:
        remark = "No link for Telegram: it refuses TELEGRAM_STAFF_TOKEN; `python -m bots doctor` says what to do."
        return Invitation(_page(settings, token), remark=remark)
    return Invitation(_page(settings, token), f"https://t.me/{bot}?start=enter_{token}")


def _page(settings: Settings, token: str) -> str:
    return f"{settings.address}/enter/{token}"


def _token(db: Database, code: str) -> str:
    return db.write(lambda tx: issue_entry(tx, _official(tx, code).id, utc_now())).result()


async def _officials_bot(settings: Settings) -> str:
    """Its name in addresses."""
    async with of_telegram(settings, settings.telegram_staff_token.get_secret_value()) as ask:
        me = await ask("getMe")
    name = str(me.get("username", "")) if isinstance(me, dict) else ""
    if not re.fullmatch(r"\w{1,64}", name, re.ASCII):
        raise Away("it tells no name of the bot")
    return name


def revoke(db: Database, code: str) -> None:
    """At once: every link and every open desk of theirs."""
    db.write(lambda tx: revoke_official(tx, _official(tx, code).id, utc_now())).result()


def _official(conn: Connection, code: str) -> Official:
    official = official_by_code(conn, clean_text(code))
    if official is None:
        raise SettingsError("There is no such official: `python -m bots invite` lists them.")
    return official
