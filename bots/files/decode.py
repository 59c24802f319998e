"""Has what strangers send looked at in a fresh process for each file, with limits and nothing to steal: whatever a
decoder can be made to do, it does it there and is killed."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass

import structlog

from bots.config import ROOT
from bots.files import answers
from bots.files.answers import Refused, Taken
from bots.files.kinds import MOST, PHOTO, clean_name, looks_like_photo

AT_ONCE = 2
WAITING_MOST = 16
"""Files that wait for their turn, each with its bytes in memory; the next one comes back later."""
SECONDS = 20.0
"""On the clock of the wall."""
CHILD = ("-E", "-s", "-m", "bots.files.child")
ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}
"""All of it. One arena: the limit of memory counts addresses, and glibc takes some for each thread ahead."""

log = structlog.get_logger(__name__)


class Crowded(OSError):
    """Too many files wait already; nothing has been taken."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document is stored as it came, under this name."""

    name: str
    extension: str


class Decoder:
    """One for a process: all who decode wait in the same line."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, *CHILD), seconds: float = SECONDS) -> None:
        self._command, self._seconds = command, seconds
        self._turn, self._waiting = asyncio.Semaphore(AT_ONCE), 0

    async def photo(self, content: bytes) -> Taken | Refused:
        """The picture as a JPEG that carries nothing else. Raises Crowded."""
        if not looks_like_photo(content):
            return Refused("nothing")
        answer = await self._looked_at("photo", "", content)
        if isinstance(answer, Taken) and not (answer.extension == PHOTO and looks_like_photo(answer.content)):
            return Refused("unreadable")
        return answer

    async def document(self, content: bytes, name: str) -> Document | Refused:
        """Raises Crowded."""
        answer = await self._looked_at("document", clean_name(name, "txt") if _says_text(name) else "", content)
        if isinstance(answer, Refused):
            return Refused("document") if answer.reason == "unreadable" else answer
        return Document(clean_name(name, answer.extension), answer.extension)

    async def _looked_at(self, what: str, name: str, content: bytes) -> Taken | Refused:
        if len(content) > MOST:
            return Refused("size")
        if self._waiting >= WAITING_MOST:
            raise Crowded("Too many files wait to be decoded.")
        self._waiting += 1
        try:
            async with self._turn:
                answer = await self._run(what, name, content)
        finally:
            self._waiting -= 1
        try:
            return answers.read(answer)
        except ValueError:
            log.warning("decoding_failed", what=what, size=len(content))
            return Refused("unreadable")

    async def _run(self, what: str, name: str, content: bytes) -> bytes:
        """All that it has answered in its time; it does not outlive this call."""
        child = await asyncio.create_subprocess_exec(
            *self._command,
            what,
            name,
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        feeding = asyncio.create_task(_feed(child, content))
        try:
            async with asyncio.timeout(self._seconds):
                answer = await _hear(child)
                if answer:
                    await child.wait()
                return answer
        except TimeoutError:
            return b""
        finally:
            feeding.cancel()
            await asyncio.shield(_end(child))


def _says_text(name: str) -> bool:
    return name.lower().endswith(".txt")


async def _feed(child: asyncio.subprocess.Process, content: bytes) -> None:
    assert child.stdin is not None  # noqa: S101 - it was asked for
    try:
        child.stdin.write(content)
        await child.stdin.drain()
        child.stdin.close()
        await child.stdin.wait_closed()
    except ConnectionError:  # it has answered, or died, before it has read all
        pass


async def _hear(child: asyncio.subprocess.Process) -> bytes:
    """Until it says no more; nothing, where it says too much."""
    assert child.stdout is not None  # noqa: S101 - it was asked for
    heard = bytearray()
    while len(heard) <= MOST and (more := await child.stdout.read(256 * 1024)):
        heard += more
    return bytes(heard) if len(heard) <= MOST else b""


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
    await child.communicate()  # what stands in the pipes keeps them open
