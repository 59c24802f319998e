"""`python -m dialogs.script FILE...` plays transcripts and shows where they differ; `--write` brings them up to date.
It speaks to the terminal, so that nothing else in dialogs has to."""

from __future__ import annotations

import argparse
import sys
from difflib import unified_diff
from pathlib import Path

from dialogs.script.paper import BadTranscript
from dialogs.script.play import played


def difference(name: str, old: str, new: str) -> list[str]:
    """Empty lines are no difference."""
    before, after = ([line.rstrip() for line in text.splitlines() if line.strip()] for text in (old, new))
    return list(unified_diff(before, after, f"{name}: as it is written", f"{name}: as it is said now", lineterm=""))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m dialogs.script", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="put what the bot says now into the file")
    options = parser.parse_args(arguments)
    return max(_one(file, write=options.write) for file in options.files)


def _one(file: Path, *, write: bool) -> int:
    old = file.read_text("utf-8")
    try:
        new, problems = played(old, file.parent)
    except BadTranscript as bad:
        sys.stderr.write(f"{file}: {bad}\n")
        return 1
    if write:
        file.write_text(new, "utf-8")
    sys.stdout.write(new)
    wrong = [] if write else difference(str(file), old, new)
    for line in (*wrong, *(f"{file}: {problem}" for problem in problems)):
        sys.stderr.write(f"{line}\n")
    return 1 if wrong or problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
