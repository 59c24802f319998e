"""What an operator was told."""

from __future__ import annotations

import re
from collections import Counter

_LINE = re.compile(r"level=(?:warning|error|critical) .*?event=(\w+)(?: problem=(\w+))?")


def told(log: str) -> Counter[str]:
    """By event, without what is only information, and how it all ended: that depends on how fast the machine is, as
    does what was merely slow."""
    lines = [found for line in log.splitlines() if (found := _LINE.search(line))]
    return Counter(found[1] for found in lines if found[2] != "slow" and found[1] != "database_back")
