"""A worker over a pipe, and the bytes of files that it can reach."""

from __future__ import annotations

from dataclasses import dataclass, field

from bots.files.store import name_of
from bots.signals import Signals
from bots.work import Tools
from bots.worker import Worker
from tests.pipe.conftest import Pipe


@dataclass
class Shelf:
    """A FileStore in memory."""

    blobs: dict[str, bytes] = field(default_factory=dict)

    def save(self, content: bytes) -> str:
        name = name_of(content)
        self.blobs[name] = content
        return name

    def read(self, name: str) -> bytes:
        if name not in self.blobs:
            raise FileNotFoundError(name)
        return self.blobs[name]

    def exists(self, name: str) -> bool:
        return name in self.blobs

    def delete(self, name: str) -> None:
        self.blobs.pop(name, None)


def a_worker(pipe: Pipe, owner: str = "worker", shelf: Shelf | None = None) -> Worker:
    tools = Tools(pipe.db, shelf or Shelf(), pipe.houses.speeches)
    return Worker(tools, Signals(), lambda: pipe.now, owner)


async def until_idle(worker: Worker) -> None:
    while await worker.turn():
        pass
