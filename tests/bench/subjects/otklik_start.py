"""A fresh start of the whole product with its embedded database: from the beginning of the process to the first answer
to a person in the web chat, and the memory that it takes when it rests."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
import time
from pathlib import Path

import aiohttp

from bots.config import ROOT
from tests.bench.child import Order, say
from tests.bench.meter import resident

WITHIN = 120.0
REST = 3.0
"""Seconds after which it is at rest."""


async def main(order: Order) -> None:
    folder = Path(order["folder"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    named = {
        "DATABASE_URL": f"sqlite:///{folder}/start.db",
        "VAR_DIR": str(folder),
        "HTTP_PORT": str(port),
        "DEMO": "1",
    }
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    first = await started(env | named | order["settings"], port)
    again = await started(env | named | order["settings"], port)
    say({"first": first[0], "again": again[0], "rss": again[1], "cpu": again[2]})


async def started(env: dict[str, str], port: int) -> tuple[float, float, float]:
    """Seconds to the first answer, megabytes at rest, and seconds of the processor up to then."""
    began = time.perf_counter()
    bots = (sys.executable, "-m", "bots", "run")
    process = await asyncio.create_subprocess_exec(*bots, cwd=ROOT, env=env, stdout=asyncio.subprocess.DEVNULL)
    try:
        await answered(f"http://127.0.0.1:{port}/api/chat", began + WITHIN)
        took = time.perf_counter() - began
        await asyncio.sleep(REST)
        return took, resident(process.pid), _used(process.pid)
    finally:
        process.terminate()
        await process.wait()


def _used(pid: int) -> float:
    """Seconds of the processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def answered(api: str, until: float) -> None:
    headers = {"Authorization": f"Bearer {secrets.token_urlsafe(32)}", "X-Lang": "en"}
    said = {"id": secrets.token_urlsafe(16), "kind": "text", "text": "There is a deep pothole on Sadovaya street."}
    async with aiohttp.ClientSession(headers=headers) as session:
        while time.perf_counter() < until:
            try:
                async with session.post(f"{api}/messages", json=said) as response:
                    if response.status != 202:
                        raise SystemExit(f"not accepted: {response.status}")
                async with session.get(f"{api}/items") as response:
                    items = (await response.json())["items"]
                if any(item.get("side") != "me" for item in items):
                    return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.01)
    raise SystemExit("no answer")
