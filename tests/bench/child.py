"""A process of its own for each thing that is measured: `python -m tests.bench.child NAME ORDER`. It says what it finds
in lines of JSON, and a subject that serves others does so until its standard input ends."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import uvloop

ROOT = Path(__file__).parents[2]
Order = Mapping[str, Any]
PR_SET_PDEATHSIG = 1


def main() -> None:
    name, order = sys.argv[1], json.loads(sys.argv[2])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # it does not outlive who has begun it
    os.sched_setaffinity(0, order["cpus"])
    uvloop.run(import_module(f"tests.bench.subjects.{name}").main(order))


def say(words: Mapping[str, Any]) -> None:
    print(json.dumps(dict(words)), flush=True)


async def told_to_end() -> None:
    await asyncio.to_thread(sys.stdin.readline)


class Child:
    """The other side of it."""

    def __init__(self, name: str, cpus: set[int], **order: Any) -> None:
        self.name = name
        words = json.dumps({"cpus": sorted(cpus), **order})
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.child", name, words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def said(self) -> dict[str, Any]:
        """The next thing that it has to say; what else is printed there is a log."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                heard: dict[str, Any] = json.loads(line)
                return heard
        raise SystemExit(f"{self.name} has ended without a word: {self._process.wait()}")

    def end(self) -> dict[str, Any]:
        """Tells it to end, and hears its last words."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        heard = self.said()
        self._process.wait()
        return heard

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


if __name__ == "__main__":
    main()
