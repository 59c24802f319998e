"""`python -m bots doctor`: one look at everything that has to be right before people come, told line by line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TextIO

from bots.config import Settings
from bots.doctor.finding import Finding, Mark
from bots.doctor.machine import machine
from bots.doctor.telegram import telegram
from bots.doctor.vk import vk


async def examine(settings: Settings, out: TextIO) -> bool:
    """Says each thing as soon as it is known; True if nothing is wrong."""
    well = True
    async for finding in _findings(settings):
        print(finding, file=out, flush=True)
        well = well and finding.mark is not Mark.BAD
    return well


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    for finding in machine(settings):
        yield finding
    if settings.telegram_token or settings.telegram_staff_token:
        async for finding in telegram(settings):
            yield finding
    if settings.vk_token:
        async for finding in vk(settings):
            yield finding
