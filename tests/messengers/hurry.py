"""People in tests type faster than messengers let anybody be answered: a second for every line is a long scene."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from bots.pace import Limits
from bots.telegram import adapter as telegram
from bots.vk import adapter as vk

FAST = Limits(rate=math.inf, most=math.inf, each=1000, burst=1000, group=1000, group_burst=1000)


@contextmanager
def in_no_hurry() -> Iterator[None]:
    with patch.object(telegram, "LIMITS", FAST), patch.object(vk, "LIMITS", FAST):
        yield
