"""The whole product in this process, with a messenger that it is connected to over HTTP, and people with phones.

The web chat gives out such phones too, so that one and the same conversation can be held everywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from bots.config import Settings
from core.files.tables import fetches
from tests.fakes.people import Bubble, Key, pressed, shown
from tests.fakes.reached import BOT, Reached
from tests.fakes.telegram import FakeBot, FakeTelegram
from tests.fakes.vk import TOKEN as VK_TOKEN
from tests.fakes.vk import FakeVK
from tests.faults.browser import eventually
from tests.messengers.hurry import in_no_hurry
from tests.security.traces import traces, words_in
from tests.web.site import Log, Person, Site, free_port, running

STAFF = "7000002:AAtest_token_of_the_officials_bot_12"
SECRET = "a-secret-of-at-least-16-signs"


@dataclass
class WebPhone:
    """Somebody's browser, seen like a chat of a messenger."""

    person: Person
    woken: Callable[[], asyncio.Event]
    peer: str = ""
    keyboard: tuple[tuple[Key, ...], ...] = ()
    toasts: list[str] = field(default_factory=list)
    bubbles: list[Bubble] = field(default_factory=list)

    @property
    def last(self) -> Bubble:
        return [bubble for bubble in self.bubbles if not bubble.mine][-1]

    async def look(self) -> None:
        self.bubbles = [_bubble(item) for item in await self.person.items()]

    async def start(self, payload: str = "") -> None:
        await self.person.command("start", payload)
        await self.look()

    async def say(self, text: str, *, forwarded: bool = False) -> Bubble:
        await self.person.say(text)
        await self.look()
        return [bubble for bubble in self.bubbles if bubble.mine][-1]

    async def press(self, label: str, bubble: Bubble | None = None) -> None:
        await self.look()
        key, _ = pressed(self, label, bubble)  # type: ignore[arg-type]
        await self.person.press(key.data)
        await self.look()

    async def photo(self, *contents: bytes, caption: str = "") -> Bubble:
        await self.person.say(caption, *[await self.person.photo(content) for content in contents])
        await self.look()
        return [bubble for bubble in self.bubbles if bubble.mine][-1]

    async def place(self, lat: float, lon: float) -> Bubble:
        await self.person._heard({"kind": "place", "lat": lat, "lon": lon})
        await self.look()
        return [bubble for bubble in self.bubbles if bubble.mine][-1]

    async def until(self, seen: Callable[[Self], bool], seconds: float = 10) -> None:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    woken = self.woken()
                    woken.clear()
                    await self.look()
                    if seen(self):
                        return
                    await woken.wait()
        except TimeoutError:
            raise AssertionError(f"not seen within {seconds} s; the chat is:\n{shown(self)}") from None  # type: ignore[arg-type]


def _bubble(item: dict[str, Any]) -> Bubble:
    """The page draws the note above the words."""
    text = "\n\n".join(part for part in (item.get("note"), item["text"]) if part)
    keys = (Key(b["label"], b["kind"], b["data"], b["url"]) for b in item.get("buttons") or ())
    rows = tuple((key,) for key in keys)
    documents = tuple(document["name"] for document in item.get("documents") or ())
    return Bubble(str(item["pos"]), item["side"] == "me", text, rows, len(item.get("photos") or ()), documents)


@dataclass
class Bench(Reached):
    """`way` is "web", "telegram polling", "telegram webhook", "vk longpoll" or "vk callback"."""

    settings: Settings
    log: Log
    way: str
    telegram: FakeTelegram | None = None
    vk: FakeVK | None = None
    site: Site = field(init=False)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """VK tells only of what happened after somebody has asked for the first time."""
        polls = len(self.group.longpoll.polls) if self.vk else 0
        self.site = await self._running.enter_async_context(running(self.settings, self.log))

        async def asked() -> bool:
            return self.settings.vk_mode == "callback" or len(self.group.longpoll.polls) > polls

        if self.vk is not None:
            await eventually(asked, "a first poll")

    async def stop(self) -> None:
        """The process ends; messengers and people do not."""
        await self._running.aclose()

    @property
    def staff(self) -> FakeBot:
        assert self.telegram is not None
        return self.telegram.bots[STAFF]

    def person(self, lang: str = "ru", way: str = "") -> Any:
        """A new one, in the bench's messenger or in another one of it."""
        match (way or self.way).partition(" ")[0]:
            case "telegram":
                return self.bot.person(lang=lang)
            case "vk":
                return self.group.person(lang=lang)
            case _:
                return self.web(self.site.citizen(lang))

    def web(self, person: Person) -> Any:
        return WebPhone(person, lambda: self.site.woken)

    async def official(self, code: str, lang: str = "ru") -> Any:
        """At work: in the officials' bot where there is Telegram, else at the web desk."""
        if self.telegram is None:
            return self.web(await self.site.official(code, lang))
        phone = self.staff.person(lang=lang)
        await phone.start(f"enter_{self.site.entry(code).rpartition('/')[2]}")
        await phone.until(lambda phone: any(it.rows for it in phone.bubbles))
        asked = phone.last.text
        await phone.press(phone.last.rows[0][0].label)
        await phone.until(lambda phone: phone.last.text != asked)
        return phone

    async def quiet(self) -> None:
        """Everything that anybody has said so far is answered, and nothing waits to be sent."""
        if self.telegram is not None:
            for bot in self.telegram.bots.values():
                await bot.updates.delivered()
        if self.vk is not None:
            await self._vk_is_heard()
        await self.site.quiet()

    async def fetched(self) -> None:
        """The photos and files that people have sent are here: a moment that somebody who reads takes anyway."""

        async def nothing_waits() -> bool:
            return not self.site.rows(sa.select(fetches.c.id).where(fetches.c.state.in_(("ready", "leased"))))

        await self.quiet()
        await eventually(nothing_waits, "the files")

    async def _vk_is_heard(self) -> None:
        async def heard() -> bool:
            longpoll = self.group.longpoll
            return bool(longpoll.polls) and longpoll.polls[-1]["ts"] == longpoll.ts

        if self.settings.vk_mode == "callback":
            for server in self.group.callbacks:
                await server.settled()
        else:
            await eventually(heard, "the last event")

    @property
    def refused(self) -> list[Any]:
        """Requests that no right program sends."""
        bots = self.telegram.bots.values() if self.telegram else ()
        return [call for bot in bots for call in bot.refused] + (self.vk.refused if self.vk else [])


@asynccontextmanager
async def bench(
    url: str, folder: Path, log: Log, *ways: str, limits: bool = False, **more: Any
) -> AsyncIterator[Bench]:
    """The product with these ways in; the first is the bench's own. It is an error if a fake has refused anything."""
    async with AsyncExitStack() as stack:
        chosen: dict[str, Any] = {"_env_file": None, "database_url": url, "var_dir": folder, **more}
        telegram = vk = None
        if any(way.startswith("telegram") for way in ways):
            telegram = await stack.enter_async_context(FakeTelegram(limits=limits))
            telegram.bot(BOT, "otklik_bot"), telegram.bot(STAFF, "otklik_staff_bot", "Отклик для сотрудников")
            chosen |= {"telegram_token": BOT, "telegram_staff_token": STAFF, "telegram_api_url": telegram.url}
        if any(way.startswith("vk") for way in ways):
            vk = await stack.enter_async_context(FakeVK(limits=limits))
            group = vk.group()
            chosen |= {"vk_token": VK_TOKEN, "vk_group_id": group.id, "vk_api_url": vk.url}
        chosen.setdefault("http_port", free_port())
        here = f"http://127.0.0.1:{chosen['http_port']}"
        if "telegram webhook" in ways:
            chosen |= {"telegram_mode": "webhook", "telegram_secret": SECRET, "public_url": here}
        if "vk callback" in ways:
            secrets_of = {"vk_secret": SECRET, "vk_confirmation": vk.groups[VK_TOKEN].confirmation if vk else ""}
            chosen |= {"vk_mode": "callback", "public_url": here, **secrets_of}
        made = Bench(Settings(**chosen), log, ways[0], telegram, vk)
        if not limits:
            stack.enter_context(in_no_hurry())
        stack.push_async_callback(made.stop)
        await made.start()
        if "vk callback" in ways:
            await made.group.callback(f"{here}/hooks/vk", SECRET).confirm()
        yield made
        assert not made.refused
        secrets_ = (BOT, BOT.partition(":")[2], STAFF.partition(":")[2], VK_TOKEN, SECRET)
        assert not [secret for secret in secrets_ if secret in log.getvalue()], "a secret is in the log"
        words = words_in(update for bot in (telegram.bots.values() if telegram else ()) for update in bot.told)
        words |= words_in(event for group in (vk.groups.values() if vk else ()) for event in group.events)
        assert not await asyncio.to_thread(traces, words, log.getvalue(), folder), "what people said is left there"
