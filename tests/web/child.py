"""`python -m bots ...` as an operator runs it: a process of its own with nothing but the settings that a test gives."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bots.config import ROOT

PATIENCE = 60.0


@contextmanager
def started(*words: str, folder: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """Killed at the end, if it still runs."""
    process = _started(words, folder, settings)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _started(words: tuple[str, ...], folder: Path, settings: dict[str, str]) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}
    return subprocess.Popen(
        [sys.executable, "-m", "bots", *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def bots(*words: str, folder: Path, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """`given` is what is typed."""
    process = _started(words, folder, settings)
    out, err = process.communicate(given, PATIENCE)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


@contextmanager
def serving(*words: str, folder: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and what it has printed by the time at which it serves."""
    with started(*words, folder=folder, **settings) as process:
        assert process.stdout is not None
        said, until = "", time.monotonic() + PATIENCE
        while "Ctrl-C stops it." not in said and time.monotonic() < until:
            line = process.stdout.readline()
            if not line:
                raise AssertionError(process.communicate()[1])
            said += line
        yield process, said
