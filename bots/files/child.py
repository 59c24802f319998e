"""The process that is kept apart: reads what a stranger has sent from its standard input, answers on its standard
output and ends. It has no secrets and no settings, and takes limits upon itself before it looks at a byte."""

from __future__ import annotations

import os
import resource
import signal
import sys

MEMORY = 1024**3
"""Bytes of address space."""
SECONDS = 10
"""Of a processor."""
FILES = 32


def limit() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for those who wait for us
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(5)  # people's messages go first


def main(what: str, name: str) -> None:
    limit()
    content = sys.stdin.buffer.read()
    # Only now: whatever these bring along is under the limits too.
    from bots.files import answers  # noqa: PLC0415

    if not content:
        answer: answers.Taken | answers.Refused = answers.Refused("nothing")
    elif what == "photo":
        from bots.files.picture import decode  # noqa: PLC0415

        answer = decode(content)
    else:
        from bots.files.document import check  # noqa: PLC0415

        answer = check(content, name)
    sys.stdout.buffer.write(answers.written(answer))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
