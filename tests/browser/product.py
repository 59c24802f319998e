"""The whole product as a person starts it: a real process of `python -m bots run`, with demo data, on a free port."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bots import desk
from bots.config import ROOT, Settings
from core.db import Database
from tests.web.site import free_port

PATIENCE = 60.0
BAD = re.compile("level=error|Traceback")


@dataclass
class Product:
    """`kill` and `start` again keep the port and everything in the folder. `expected`: words of what a test breaks on
    purpose."""

    folder: Path
    port: int = field(default_factory=free_port)
    log: list[str] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None
    _reading: threading.Thread | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / 'otklik.db'}"

    def start(self) -> None:
        settings = {"VAR_DIR": str(self.folder), "HTTP_PORT": str(self.port), "DEMO": "1", "DATABASE_URL": ""}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bots", "run"], cwd=ROOT, env=os.environ | settings,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        up = threading.Event()
        self._reading = threading.Thread(target=self._read, args=(self._process, up))
        self._reading.start()
        assert up.wait(PATIENCE) and self._process.poll() is None, f"the product has not started: {self.log}"

    def _read(self, process: subprocess.Popen[str], up: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line)
            if "Ctrl-C" in line:
                up.set()
        process.stdout.close()
        up.set()  # it has ended: nobody need wait

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        assert self._process is not None and self._reading is not None
        self._process.send_signal(how)
        self._process.wait(PATIENCE)
        self._reading.join()

    @contextlib.contextmanager
    def opened(self) -> Iterator[Database]:
        """Its database, beside it: for what a person cannot bring about in a minute."""
        with contextlib.closing(Database(self.database, serve=False)) as db:
            yield db

    def entry(self, code: str) -> str:
        """A new single-use link to the desk of an official."""
        settings = Settings(_env_file=None, http_port=self.port, var_dir=self.folder)  # type: ignore[call-arg]
        with self.opened() as db:
            return desk.link(settings, db, code)

    def problems(self, since: int = 0) -> list[str]:
        return [line for line in self.log[since:] if BAD.search(line)]
