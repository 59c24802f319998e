"""What it was measured on: figures of another machine are other figures."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("aiogram", "aiogram-dialog", "python-telegram-bot", "aiohttp", "SQLAlchemy", "psycopg", "redis", "uvloop")


def described(folder: Path) -> list[str]:
    model = _named("/proc/cpuinfo", "model name")
    memory = int(_named("/proc/meminfo", "MemTotal").split()[0]) / 2**20
    where = (
        f"{len(os.sched_getaffinity(0))} cores ({model}), {memory:.0f} GB, {platform.system()} {platform.release()}, "
        f"load at the start {os.getloadavg()[0]:.1f}; files on {_file_system(folder)}."
    )
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [where, f"Python {platform.python_version()}, {packages}."]


def _named(path: str, name: str) -> str:
    lines = (line.partition(":") for line in Path(path).read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "unknown")


def _file_system(folder: Path) -> str:
    """Of the longest mount point above it. In memory nothing would be durable."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    above = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    kind = max(above, key=lambda mount: len(mount[0]))[1]
    if kind == "tmpfs":
        raise SystemExit(f"{folder} is in memory, where nothing is durable: set TMPDIR to a folder on a disk.")
    return kind
