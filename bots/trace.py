"""The way of an update through the product, a line for each hop, for whoever looks for one (LOG_LEVEL=debug). Names
rows by number and updates by the key that their messenger has given them; costs nothing while nobody looks."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import structlog

_LOG = logging.getLogger(__name__)
log = structlog.get_logger(__name__)


def trace(hop: str, **ids: int | str | Sequence[int] | Sequence[str]) -> None:
    if _LOG.isEnabledFor(logging.DEBUG):
        log.debug(hop, **ids)
