"""People in browsers, and officials at their desks: requests as our page makes them, and as it never does."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from core.text import clean_text
from tests.fuzz import envelope
from tests.fuzz.media import Thing
from tests.fuzz.people import LAST, Person, Sent, Shows

Json = dict[str, Any]
KNOWN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
STREAM = 0.2
"""Seconds for which a stream is read."""
PAGES = ("/", "/desk", "/enter/abc", "/enter/" + "a" * 3000, "/static/x/app.js", "/static/../../etc/passwd", "/file/x")
LOOKS = (
    "/items",
    "/items?after=0",
    "/items?before=1",
    "/items?after=-1",
    "/items?after=9999999999999",
    "/items?after=%00",
    "/items?before=%D9%A5",
    "/photos/unheard-of",
    "/photos/%2e%2e%2fetc",
    "/stream",
    "/stream?ticket=%ff",
    "/nothing",
)
ACKS: tuple[Any, ...] = (0, 1, 5, -1, 2**31, 2**63, 1.5, "1", None, True, [], 10**400)


@dataclass(eq=False)
class WebPerson:
    """`headers` say who it is; those of a desk are renewed when it has been closed."""

    name: str
    base: str
    address: tuple[str, str, str]
    lang: str
    dice: Random
    headers: dict[str, str]
    items: list[Json] = field(default_factory=list)

    def shown(self) -> list[Shows]:
        found = []
        for item in self.items:
            pressed = (it for it in item.get("buttons") or () if it["kind"] == "press")
            if keys := tuple((it["label"], it["data"]) for it in pressed):
                found.append(Shows(str(item["pos"]), keys))
        return found

    def reads(self) -> list[str]:
        return [str(item.get("text") or "") for item in self.items[: -LAST - 1 : -1]]

    def _id(self) -> str:
        return f"{self.dice.getrandbits(128):032x}"

    def _posted(self, what: str, body: Json, text: str | None = None) -> list[Sent]:
        id = self._id()
        return [Sent(what, {"id": id, **body}, owed=id, text=text, route="messages")]

    def say(self, text: str, **more: Any) -> list[Sent]:
        plain = None if text.startswith("/") else text
        return self._posted("words", {"kind": "text", "text": text, **more}, plain)

    def command(self, name: str, args: str) -> list[Sent]:
        return self._posted("command", {"kind": "command", "name": name, "args": args})

    def press(self, data: str, on: str) -> list[Sent]:
        return self._posted("press", {"kind": "press", "data": data})

    def attach(self, things: Sequence[Thing], caption: str) -> list[Sent]:
        what = ", ".join(sorted({thing.what for thing in things}))
        return [Sent(f"file: {what}", (list(things), caption), owed=self._id(), route="files")]

    def place(self, lat: Any, lon: Any, address: str) -> list[Sent]:
        return self._posted("place", {"kind": "place", "lat": lat, "lon": lon})

    def roam(self, dice: Random, places: Sequence[tuple[Any, Any]]) -> list[Sent]:
        return []

    def contact(self, phone: Any, whose: str) -> list[Sent]:
        return self._posted("contact", {"kind": "contact", "phone": str(phone)})

    def edit(self, dice: Random, text: str) -> list[Sent]:
        return []

    def forward(self, texts: Sequence[str]) -> list[Sent]:
        return [one for text in texts for one in self.say(text)]

    def odd(self, dice: Random) -> list[Sent]:
        kind = dice.choice(("sticker", "voice", "text", "press"))
        refs = dice.choice((["x" * 43], ["../../etc/passwd"], [""] * 20, None, [5]))
        return self._posted(f"odd {kind}", {"kind": kind, "text": "с фото", "photos": refs, "documents": refs})

    def elsewhere(self, dice: Random) -> list[Sent]:
        match dice.randrange(5):
            case 0:
                return [Sent("look", dice.choice(LOOKS), route="get")]
            case 1:
                return [Sent("page", dice.choice(PAGES), route="page")]
            case 2:
                return [Sent("ack", {"n": dice.choice(ACKS)}, route="ack")]
            case 3:
                ref = quote(dice.choice(("x" * 43, "../..", "ы")), safe="")
                return [Sent("link of a file", f"/files/{ref}/link", route="post")]
            case _:
                return [Sent("stream", None, route="stream")]

    def envelope(self, dice: Random) -> list[Sent]:
        good = dice.choice((*self.say("привет"), *self.press("menu:", ""), *self.place(55.7, 37.6, "")))
        match dice.randrange(5):
            case 0:
                wrong = ("Authorization", "Bearer x"), ("Authorization", "Basic \xff"), ("Cookie", "otklik_desk=x")
                given = dict([dice.choice(wrong)])
                return [replace(good, what="nobody", headers={"nobody": "1", **given})]
            case 1:
                return [envelope.odd_type(dice, good)]
            case 2:
                origin = dice.choice(("null", "https://evil.example", "http://127.0.0.1", "\xff", "x"))
                return [replace(good, what="odd origin", headers={"Origin": origin})]
            case 3:
                route = dice.choice(("messages", "messages", "ack", "photos", "documents"))
                if dice.random() < 0.1:
                    return [Sent(envelope.WITHOUT_END, b"", route=route)]
                what = dice.choice(tuple(envelope.BODIES))
                return [Sent(what, envelope.BODIES[what](envelope.written(good.body), dice), route=route)]
            case _:
                return [Sent("broken", envelope.broken(dice, good.body), route="messages")]


def citizen(name: str, dice: Random, lang: str) -> WebPerson:
    token = "".join(dice.choice(sorted(KNOWN)) for _ in range(43))
    peer = hashlib.sha256(token.encode()).hexdigest()
    headers = {"Authorization": f"Bearer {token}", "X-Lang": lang}
    return WebPerson(name, "/api/chat", ("web", "chat", peer), lang, dice, headers)


@dataclass
class Pages:
    """Browsers of citizens, or desks. `enter` opens the desk of an official anew and answers with its cookie."""

    name: str
    url: str
    people: list[WebPerson]
    session: aiohttp.ClientSession
    enter: Callable[[WebPerson], Awaitable[str]] | None = None
    declined: set[str] = field(default_factory=set)

    async def deliver(self, sent: Sequence[tuple[Person, Sent]]) -> list[str]:
        problems = []
        for person, one in sent:
            assert isinstance(person, WebPerson)
            answers = await asyncio.gather(*(self._deliver(person, one) for _ in range(one.times)))
            problems += [f"{self.name}: {problem} to {one.what}" for problem in answers if problem]
        return problems

    async def read(self) -> None:
        """Every page shows what is new, and says so."""
        for person in self.people:
            status, body = await self._call(person, "GET", "/items")
            if status == 401 and self.enter is not None:
                person.headers["Cookie"] = await self.enter(person)
                status, body = await self._call(person, "GET", "/items")
            if status == 200:
                found = json.loads(body)
                person.items = found["items"]
                await self._call(person, "POST", "/ack", json.dumps({"n": found["n"]}).encode())

    async def _deliver(self, person: WebPerson, one: Sent) -> str:
        match one.route:
            case "files":
                status, body = await self._files(person, one)
            case "get" | "page" | "post":
                base = "" if one.route == "page" else None
                status, body = await self._call(person, "POST" if one.route == "post" else "GET", one.body, base=base)
            case "stream":
                return await self._stream(person)
            case _ if one.what == envelope.WITHOUT_END:
                status, body = await self._without_end(person, one.route)
            case _:
                data = one.body if isinstance(one.body, bytes) else json.dumps(one.body).encode()
                status, body = await self._call(person, "POST", f"/{one.route}", data, one.headers)
        if one.owed and status != 202:
            self.declined.add(one.owed)
        return _problem(status, body, person if one.route != "page" else None)

    async def _without_end(self, person: WebPerson, route: str) -> tuple[int, bytes]:
        try:
            return await self._call(person, "POST", f"/{route}", envelope.without_end())
        except aiohttp.ClientConnectionError:  # it is hung up on
            return 0, b""

    async def _files(self, person: WebPerson, one: Sent) -> tuple[int, bytes]:
        things, caption = one.body
        refs: dict[str, list[str]] = {"photos": [], "documents": []}
        for thing in things:
            where = "photos" if thing.photo else "documents"
            headers = {"X-File-Name": quote(thing.name), "Content-Type": "image/jpeg"}
            status, body = await self._call(person, "POST", f"/{where}", thing.content, headers)
            if status != 201:
                return status, body
            refs[where].append(json.loads(body)["ref"])
        said = {"id": one.owed, "kind": "text", "text": caption, **refs}
        return await self._call(person, "POST", "/messages", json.dumps(said).encode())

    async def _stream(self, person: WebPerson) -> str:
        status, body = await self._call(person, "POST", "/ticket")
        if status != 200:
            return _problem(status, body, person)
        path = f"{person.base}/stream?ticket={json.loads(body)['ticket']}&after=0"
        async with self.session.get(self.url + path) as answer:
            try:
                async with asyncio.timeout(STREAM):
                    await answer.content.readany()
            except TimeoutError:
                pass
            return "" if answer.status == 200 else f"{answer.status}"

    async def _call(
        self,
        person: WebPerson,
        method: str,
        path: str,
        data: bytes | AsyncIterator[bytes] = b"",
        headers: Mapping[str, str] | None = None,
        base: str | None = None,
    ) -> tuple[int, bytes]:
        more = dict(headers or {})
        known = {} if more.pop("nobody", "") else person.headers
        url = URL(self.url + (person.base if base is None else base) + path, encoded=True)
        typed = {"Content-Type": "application/json", **known, **more}
        async with self.session.request(method, url, data=data or None, headers=typed, allow_redirects=False) as answer:
            return answer.status, await answer.read()


def _problem(status: int, body: bytes, person: WebPerson | None) -> str:
    """Every refusal is a sentence."""
    if status >= 500:
        return f"{status}"
    if status >= 400 and person is not None:
        try:
            said = json.loads(body)["error"]
        except (ValueError, KeyError, TypeError):
            return f"{status} without a sentence"
        return "" if isinstance(said, str) and said == clean_text(said) else f"{status} with an odd sentence"
    return ""
