"""A mailing of a hundred thousand waits, and what goes to single persons overtakes it at once; the messenger's limit is
used and hardly ever met. MAILING says how many rows; counts are asserted, times are printed."""

from __future__ import annotations

import os
import time
from datetime import timedelta

from bots.pace import Pace
from core.outbox import delivery
from core.outbox.lines import Way
from core.outbox.types import Lane
from tests.faults.figures import Figures
from tests.pipe.conftest import Pipe, a_pipe
from tests.pipe.test_lanes import SLOW, Paced, many, until, working

ROWS = int(os.environ.get("MAILING", "100000"))


async def test_a_push_in_the_midst_of_a_mailing(seed: int, figures: Figures, engine_url: str) -> None:
    with a_pipe(engine_url) as pipe:
        paced, pushes = Paced(Pace(SLOW)), 3
        many(pipe, ROWS, Lane.BULK)
        overtaken = 0
        async with working(pipe, paced) as signals:
            await until(paced, lambda sent: len(sent) >= 20)
            before = len(paced.sent)
            many(pipe, pushes, Lane.PUSH)
            signals.ring("outbox")
            await until(paced, lambda sent: sent.count(Lane.PUSH) == pushes)
            overtaken = max(n for n, lane in enumerate(paced.sent) if lane is Lane.PUSH) - before
        asked, took = looked(pipe)
        figures(
            22,
            f"a push amid a mailing, {pipe.db.url.get_backend_name()}",
            rows=ROWS,
            ahead_of_it=overtaken,
            waits_ms=asked,
            claim_ms=took,
        )
        assert overtaken < 2 * SLOW.rate and paced.most <= SLOW.rate + 1


def looked(pipe: Pipe) -> tuple[float, float]:
    """Milliseconds to see that another account has nothing to send, and to take a second's work in hand."""
    now, start = pipe.now + timedelta(seconds=1), time.perf_counter()
    assert not pipe.read(lambda conn: delivery.waits(conn, tuple(Lane), now, Way("vk", "1")))
    between = time.perf_counter()
    pipe.write(lambda tx: delivery.claim(tx, "one", tuple(Lane), 28, now, Way("web")))
    return round(1000 * (between - start), 1), round(1000 * (time.perf_counter() - between), 1)
