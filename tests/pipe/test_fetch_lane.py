"""Files that a messenger still has: fetched, looked at, stored; tried again for a day; and what will never come is said
once. The messenger is a small server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bots.files.decode import Decoder
from bots.files.download import Public, Unreachable, download, session
from bots.files.kinds import MOST
from bots.files.lane import Fetched, FetchLane
from bots.files.store import FolderStore, in_folder
from bots.signals import Signals
from core.files import fetches
from core.files.types import Kind
from tests import samples
from tests.builders import Chat
from tests.pipe.conftest import Pipe, a_pipe

PHOTO = samples.picture(exif=samples.exif())
HOUR = 3600.0


@pytest.fixture
def quick(sqlite_url: str) -> Iterator[Pipe]:
    """For what does not depend on the engine."""
    with a_pipe(sqlite_url) as pipe:
        yield pipe


@dataclass
class Messenger:
    """A Source, and the server that it leads to."""

    port: int = 0
    public: bool = False
    asked: list[str] = field(default_factory=list)
    answers: dict[str, Callable[[web.Request], Any]] = field(default_factory=dict)
    size: int | None = None

    @property
    def inside(self) -> str:
        return "" if self.public else f"http://127.0.0.1:{self.port}"

    async def open(self, source: Mapping[str, Any]) -> Fetched:
        self.asked.append(source["id"])
        return Fetched(f"http://127.0.0.1:{self.port}/{source['id']}", size=self.size)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        answer = self.answers[request.match_info["id"]](request)
        response: web.StreamResponse = await answer if asyncio.iscoroutine(answer) else answer
        return response


@dataclass
class Fetching:
    pipe: Pipe
    messenger: Messenger
    store: FolderStore
    chat: Chat
    names: tuple[str, ...] = ("vk",)

    def lane(self, owner: str = "lane", seconds: float = 30.0) -> FetchLane:
        sources = dict.fromkeys(self.names, self.messenger)
        now = lambda: self.pipe.now
        return FetchLane(self.pipe.db, self.store, Decoder(), sources, Signals(), now, owner, seconds)

    def waits(self, id: str, kind: Kind = Kind.PHOTO, messenger: str = "vk", name: str = "") -> str:
        person, now = self.chat.person.id, self.pipe.now
        return self.pipe.write(lambda tx: fetches.add_waiting(tx, person, kind, messenger, {"id": id}, name, now))

    def state(self, ref: str) -> tuple[str, str | None]:
        [row] = self.pipe.rows("files", "state", "problem", ref=ref)
        return row[0], row[1]

    def told(self) -> list[Mapping[str, Any]]:
        return [body["facts"] for body in self.pipe.rows("outbox", "body") if body.get("kind") == "lost"]


@asynccontextmanager
async def fetching(pipe: Pipe, folder: Path) -> AsyncIterator[Fetching]:
    messenger, app = Messenger(), web.Application()
    app.router.add_get("/{id}", messenger.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    messenger.port = runner.addresses[0][1]
    try:
        yield Fetching(pipe, messenger, in_folder(folder), pipe.a_citizen())
    finally:
        await runner.cleanup()


def says(body: bytes, status: int = 200, **headers: str) -> Callable[[web.Request], web.Response]:
    return lambda request: web.Response(body=body, status=status, headers=headers)


async def test_a_photo_and_a_document_come_and_are_what_they_are_in_the_web(pipe: Pipe, tmp_path: Path) -> None:
    async with fetching(pipe, tmp_path) as f:
        f.messenger.answers = {"p": says(PHOTO), "d": says(samples.docx())}
        photo, document = f.waits("p"), f.waits("d", Kind.DOCUMENT, name="Акт.exe")
        assert f.state(photo) == ("waiting", None)
        assert [await f.lane().turn() for _ in range(3)] == [1, 1, 0]
        rows = pipe.rows("files", "ref", "state", "mime", "name", "sha256", "lat")
        found = {row[0]: row[1:] for row in rows}
        assert found[photo][:3] == ("ready", "image/jpeg", "")
        assert found[photo][4] == pytest.approx(samples.PLACE[0], abs=1e-4)
        assert found[document][0] == "ready" and found[document][2] == "Акт.docx"
        assert f.store.read(found[photo][3]).startswith(b"\xff\xd8\xff") and b"Canary" not in f.store.read(
            found[photo][3]
        )
        assert f.store.read(found[document][3]) == samples.docx()
        assert pipe.rows("fetches", "state", "source") == [("done", {})] * 2
        assert not f.told()


async def hangs(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(PHOTO[:100])
    await asyncio.sleep(60)
    return response


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(bytes(1024 * 1024))


async def breaks_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(PHOTO))})
    await response.prepare(request)
    await response.write(PHOTO[:100])
    assert request.transport is not None
    request.transport.abort()
    return response


async def announces(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(MOST + 1)})
    await response.prepare(request)
    return response


LATER: dict[str, Callable[[web.Request], Any]] = {
    "500": says(b"sorry", 500),
    "429": says(b"slowly", 429),
    "a redirect": says(b"", 302, Location="http://127.0.0.1:1/secret"),
    "hangs": hangs,
    "breaks off": breaks_off,
}
NEVER: dict[str, tuple[Callable[[web.Request], Any], str]] = {
    "404": (says(b"", 404), "gone"),
    "a text": (says(b"just words"), "nothing"),
    "an error page": (says(b"<html>busy</html>", 200), "nothing"),
    "broken": (says(PHOTO[:700]), "unreadable"),
    "10^9 pixels": (says(samples.png_of(40_000, 25_000)), "pixels"),
    "endless": (endless, "size"),
    "announced too large": (announces, "size"),
}


async def test_what_cannot_be_had_now_is_tried_again_and_comes_in_the_end(quick: Pipe, tmp_path: Path) -> None:
    async with fetching(quick, tmp_path) as f:
        for name, answer in LATER.items():
            f.messenger.answers = {"p": answer}
            ref = f.waits("p")
            assert await f.lane(seconds=0.3 if name == "hangs" else 30.0).turn() == 1
            assert f.state(ref) == ("waiting", None), name
            assert await f.lane().turn() == 0  # not at once
            f.messenger.answers = {"p": says(PHOTO)}
            quick.later(31)
            assert await f.lane().turn() == 1
            assert f.state(ref) == ("ready", None), name
        assert not f.told()


async def test_what_will_never_be_had_is_refused_at_once_and_its_sender_is_told_once(
    quick: Pipe, tmp_path: Path
) -> None:
    async with fetching(quick, tmp_path) as f:
        for name, (answer, problem) in NEVER.items():
            f.messenger.answers = {"p": answer}
            ref = f.waits("p", name=name)
            assert await f.lane().turn() == 1
            assert f.state(ref) == ("refused", problem), name
            assert await f.lane().turn() == 0
        assert [facts["name"] for facts in f.told()] == list(NEVER)


async def test_after_a_day_it_is_lost_and_until_then_it_is_asked_for_ever_more_seldom(
    quick: Pipe, tmp_path: Path
) -> None:
    async with fetching(quick, tmp_path) as f:
        f.messenger.answers = {"p": says(b"", 503)}
        ref, begun = f.waits("p"), quick.now
        while f.state(ref)[0] == "waiting":
            quick.now = quick.rows("fetches", "not_before", ref=ref)[0]
            assert await f.lane().turn() == 1
        assert 23 * HOUR <= (quick.now - begun).total_seconds() <= 24 * HOUR
        assert f.state(ref) == ("refused", "status 503")
        assert 20 < len(f.messenger.asked) < 40
        assert len(f.told()) == 1


async def test_a_size_that_is_announced_is_believed_before_anything_is_asked_for(quick: Pipe, tmp_path: Path) -> None:
    async with fetching(quick, tmp_path) as f:
        f.messenger.size = MOST + 1  # and there is no answer on the server
        ref = f.waits("p")
        assert await f.lane().turn() == 1
        assert f.state(ref) == ("refused", "size")


async def test_what_a_dead_process_was_fetching_is_fetched_by_another(pipe: Pipe, tmp_path: Path) -> None:
    async with fetching(pipe, tmp_path) as f:
        arrived = asyncio.Event()

        async def stuck(request: web.Request) -> web.StreamResponse:
            arrived.set()
            return await hangs(request)

        f.messenger.answers = {"p": stuck}
        ref = f.waits("p")
        dying = asyncio.create_task(f.lane("first").turn())
        await arrived.wait()
        assert await f.lane("second").turn() == 0  # it is somebody's
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        f.messenger.answers = {"p": says(PHOTO)}
        pipe.later(fetches.LEASE.total_seconds() + 1)
        assert await f.lane("second").turn() == 1
        assert f.state(ref)[0] == "ready"


async def test_who_has_lost_the_lease_changes_nothing_any_more(pipe: Pipe, tmp_path: Path) -> None:
    async with fetching(pipe, tmp_path) as f:
        ref, now = f.waits("p"), pipe.now
        slow = pipe.write(lambda tx: fetches.claim(tx, "slow", ("vk",), now))
        assert slow is not None
        pipe.later(fetches.LEASE.total_seconds() + 1)
        f.messenger.answers = {"p": says(PHOTO)}
        assert await f.lane("quick").turn() == 1
        assert pipe.write(lambda tx: fetches.lost(tx, slow, "slow", "late", now)) is None
        assert pipe.write(lambda tx: fetches.again(tx, slow, "slow", "late", now)) is None
        assert f.state(ref)[0] == "ready"


async def test_a_disk_that_is_full_loses_nothing(quick: Pipe, tmp_path: Path) -> None:
    async with fetching(quick, tmp_path) as f:
        f.messenger.answers = {"p": says(PHOTO)}
        ref = f.waits("p")
        f.store.folder.rmdir()
        f.store.folder.write_text("in the way")
        assert await f.lane().turn() == 1
        assert f.state(ref) == ("waiting", None)
        f.store.folder.unlink()
        quick.later(31)
        assert await f.lane().turn() == 1
        assert f.state(ref)[0] == "ready"


async def test_vk_goes_first_and_a_messenger_that_is_not_here_waits(pipe: Pipe, tmp_path: Path) -> None:
    async with fetching(pipe, tmp_path) as f:
        f.names = ("telegram", "vk")
        f.messenger.answers = dict.fromkeys(("t", "v", "v2"), says(PHOTO))
        f.waits("t", messenger="telegram")
        f.waits("max", messenger="max")
        for id in ("v", "v2"):
            pipe.later(1)
            f.waits(id)
        while await f.lane().turn():
            pass
        assert f.messenger.asked == ["v", "v2", "t"]


async def test_an_interface_inside_of_our_network_opens_just_its_own_origin() -> None:
    async with session(inside="http://localhost:81") as client:
        for address in ("http://localhost/x", "http://localhost:82/x", "http://127.0.0.1:81/x", "https://10.0.0.1/x"):
            with pytest.raises(Unreachable):
                await download(client, address, {}, inside="http://localhost:81")
    resolver = Public("localhost")
    assert await resolver.resolve("localhost", 81)
    await resolver.close()


async def test_only_public_addresses_by_https_are_gone_to() -> None:
    inside = (
        "http://example.org/x",
        "http://127.0.0.1:1/x",
        "https://127.0.0.1:1/x",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[fc00::1]/x",
        "file:///etc/passwd",
        "https:///x",
        "https://[",
        "nonsense",
    )
    async with session() as client:
        for address in inside:
            with pytest.raises(Unreachable):
                await download(client, address, {})
    resolver = Public()
    with pytest.raises(OSError, match="no public address"):
        await resolver.resolve("localhost", 443)
    await resolver.close()
