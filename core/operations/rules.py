"""From when on a wait is too long, and what of a reason an operator may read. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from core.outbox.types import Lane

SERVED_WITHIN = timedelta(seconds=60)
"""An update that waits for longer is late; so is a reply, and a push."""
GRACE = timedelta(seconds=30)
"""After a lease has run out somebody else should have taken over."""
WORKED_WITHIN = timedelta(minutes=10)
"""For timers, jobs and files: what is slow there is no alarm yet."""
PAUSED_FOR = timedelta(minutes=2)
"""A pause of a token that ends later than this is worth a look."""
LOOKED_BACK = timedelta(hours=24)
"""What was refused, or is in doubt, is shown for so long."""
SENT_WITHIN: dict[Lane, timedelta] = {
    Lane.REPLY: SERVED_WITHIN,
    Lane.PUSH: SERVED_WITHIN,
    Lane.NOTICE: WORKED_WITHIN,
    Lane.BULK: timedelta(days=1),
}

LONGEST = 100
_QUOTED = re.compile(r"""(["'«“]).*?["'»”]""")
_LONG_NUMBER = re.compile(r"\+?\d[\d ()-]{4,}\d|\d{5,}")
_FOREIGN = re.compile(r"[^\x20-\x7e]+")


def bare(reason: str | None) -> str:
    """What a messenger says of an error may repeat what was sent: no quotations, no long numbers, no Russian words."""
    words = (reason or "").replace("can't", "cannot")
    for pattern in (_FOREIGN, _QUOTED, _LONG_NUMBER):
        words = pattern.sub("…", words)
    return words[:LONGEST]
