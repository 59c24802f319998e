"""What anybody on the network may bring to the addresses of the messengers: without the secret nothing is taken or
stored, and nothing breaks, whatever the headers say of where it comes from."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import string

import sqlalchemy as sa

from bots.config import ROOT
from core.inbox.tables import inbox
from tests.security.conftest import GROUP, SECRET
from tests.web.site import Site

FORGED = int(os.environ.get("FORGED", "10000"))
"""Requests with a wrong secret: a matter of two seconds."""
AT_ONCE = 200
TELEGRAM = "149.154.167.220"
HEADER = b"X-Telegram-Bot-Api-Secret-Token"
UPDATE = (
    b'{"update_id":5,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"from":{"id":7,"is_bot":false,'
    b'"first_name":"A"},"text":"forged"}}'
)
LETTERS = string.ascii_letters + string.digits + "_-"


def mutated(dice: random.Random) -> list[bytes]:
    """Header lines that are near to the right one, and none of them is."""
    right = SECRET.encode()
    place, sign = dice.randrange(len(right)), dice.choice(LETTERS).encode()
    other = right[:place] + (sign if sign != right[place : place + 1] else b"!") + right[place + 1 :]
    wrong = dice.choice(
        [
            other,
            right[:place],
            right + sign,
            right[::-1],
            right.swapcase(),
            right.replace(b"-", b" "),
            bytes(dice.choice(LETTERS.encode()) for _ in right),
            bytes(dice.randrange(128, 256) for _ in right),
            "сéкрет".encode(),
            b"\xff" * len(right),
            b"",
            b"Bearer " + right,
            right + b", " + right,
            b"x" * dice.randrange(7000),
        ]
    )
    name = dice.choice([HEADER, HEADER.lower(), HEADER.upper()])
    lines = dice.choice([[name + b": " + wrong], [name + b": " + wrong, name + b": " + wrong], [b"X-Secret: " + right]])
    claims = (b"X-Forwarded-For", b"X-Real-IP", b"CF-Connecting-IP", b"True-Client-IP")
    forwarded = [claim + b": " + TELEGRAM.encode() for claim in claims] + [b"Forwarded: for=" + TELEGRAM.encode()]
    return lines + dice.sample(forwarded, dice.randrange(len(forwarded)))


async def posted(site: Site, path: bytes, requests: list[list[bytes]], body: bytes) -> list[int]:
    """The answers, of as many as the connection is kept for: bytes go out as they are."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.process.settings.http_port)
    writer.write(b"".join(_request(path, lines, body) for lines in requests))
    await writer.drain()
    statuses = []
    with contextlib.suppress(asyncio.IncompleteReadError):  # after what is no request at all nothing more is read
        for _ in requests:
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(re.findall(rb"(?i)content-length: (\d+)", head)[0]))
            statuses.append(int(head.split(b" ", 2)[1]))
    writer.close()
    return statuses


def _request(path: bytes, lines: list[bytes], body: bytes) -> bytes:
    head = [b"POST " + path + b" HTTP/1.1", b"Host: x", b"Content-Length: %d" % len(body), *lines]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


async def test_no_forged_header_opens_the_webhook_and_none_breaks_it(hooked: Site) -> None:
    seed = int(os.environ.get("SEED", "5"))
    dice, statuses, before = random.Random(seed), list[int](), hooked.rows(sa.select(inbox.c.id))
    while len(statuses) < FORGED:
        path = dice.choice([b"/hooks/telegram", b"/hooks/telegram-staff"])
        statuses += await posted(hooked, path, [mutated(dice) for _ in range(AT_ONCE)], UPDATE)
    assert set(statuses) == {401}, f"seed {seed}"
    assert hooked.rows(sa.select(inbox.c.id)) == before
    right = await posted(hooked, b"/hooks/telegram", [[HEADER + b": " + SECRET.encode()]], UPDATE)
    assert right == [200], "the check can be passed"


async def test_no_forged_event_of_vk_is_believed(hooked: Site) -> None:
    dice = random.Random(5)
    template = '{"type":"message_typing_state","group_id":%s,"secret":%s,"event_id":"e","object":{"from_id":7}}'

    def forged() -> bytes:
        at = dice.randrange(len(SECRET))
        near = SECRET[:at] + dice.choice("~!" + LETTERS.replace(SECRET[at], "")) + SECRET[at + 1 :]
        secret = dice.choice(
            [f'"{near}"', f'"{SECRET[:at]}"', "null", "true", "[]", "{}", '"\\ud800"', '"секрет"', "1e999"]
        )
        group, secret = dice.choice([(str(GROUP), secret), (str(GROUP + 1), f'"{SECRET}"'), ("null", f'"{SECRET}"')])
        return (template % (group, secret)).encode()

    answers = {(await posted(hooked, b"/hooks/vk", [[]], forged()))[0] for _ in range(FORGED // 10)}
    assert answers == {403}
    right = (template % (GROUP, f'"{SECRET}"')).encode()
    assert await posted(hooked, b"/hooks/vk", [[]], right) == [200], "the check can be passed"


def test_nobody_is_trusted_for_the_address_that_they_claim_to_have() -> None:
    """Anybody may write any of these headers, so nothing of ours reads one, nor the address of the peer."""
    words = re.compile(r"(?i)x-forwarded|\"forwarded|x-real-ip|\.remote\b|peername")
    found = [path.name for path in (ROOT / "bots").rglob("*.py") if words.search(path.read_text(encoding="utf-8"))]
    assert not found
