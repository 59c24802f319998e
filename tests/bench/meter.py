"""Wall time and processor time of this process, of several stretches together; and its memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

Result = dict[str, float]
"""What a child says when it has measured: words of its own to numbers."""


@dataclass
class Meter:
    """Processor time is that of all threads, user and system."""

    wall: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.wall += time.perf_counter() - wall
            self.cpu += time.process_time() - cpu

    def result(self, count: int) -> Result:
        return {"count": count, "wall": self.wall, "cpu": self.cpu}


def resident(pid: int | str = "self", what: str = "VmRSS") -> float:
    """Megabytes; `VmHWM` is the most that there has been."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(what)
