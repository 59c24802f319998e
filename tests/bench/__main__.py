"""`python -m tests.bench`: measures, prints the table, and writes it to var/bench.md."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import servers
from tests.bench.child import ROOT
from tests.bench.goals import GOALS, SIZES, Bench, Row
from tests.bench.machine import described

REPORT = ROOT / "var" / "bench.md"
HEAD = Row("What", "Ours", "Beside it", "Ratio", "Floor → target → excellent")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="rounds of all subjects; the median counts")
    parser.add_argument("--only", action="append", choices=[*GOALS], help="one goal; may be given again")
    parser.add_argument("--size", choices=[*SIZES], default="small")
    args, began = parser.parse_args(), time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # servers and folders do not outlive it
    subject, others = _shares()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="otklik-bench-")))
        folder.chmod(0o711)  # another user's server has to pass through
        machine = described(folder)
        postgres = stack.enter_context(servers.postgres(folder, others))
        redis = stack.enter_context(servers.redis(folder, others))
        bench = Bench(SIZES[args.size], args.repeats, folder, postgres, redis, subject, others)
        rows = list(bench.rows(args.only or [*GOALS]))
    table = [_line(row) for row in (HEAD, *rows)]
    table.insert(1, "|---|---|---|---|---|")
    took = f"Size {args.size}, {args.repeats} repeats, {(time.monotonic() - began) / 60:.0f} minutes."
    report = "\n".join([*table, "", *machine, took, ""])
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report)
    print(f"\n{report}")


def _shares() -> tuple[set[int], set[int]]:
    """One processor for what is measured, the others for whatever it needs beside it."""
    first, *others = sorted(os.sched_getaffinity(0))
    return {first}, set(others) or {first}


def _line(row: Row) -> str:
    return f"| {row.goal} | {row.ours} | {row.against} | {row.ratio} | {row.target} |"


if __name__ == "__main__":
    main()
