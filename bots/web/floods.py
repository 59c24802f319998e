"""Who asks without end is told to wait before anything is read or looked up, and the others do not notice it. Our page
asks again by itself when the time that it was told has passed, so that nothing of what a person typed is lost.

By caller, never by address: behind one address there may be a whole town, and a proxy that stands before us sees the
addresses better. Who makes themselves up anew for each request shares one allowance with all others who have not been
heard before, so that those who are in the midst of something are served."""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Middleware

from bots.metrics import Metrics
from bots.web.errors import Handler, TooOften
from bots.web.visitors import COOKIE

LOOK, CHANGE, UPLOAD = 1, 5, 25
"""What a request costs: a look into the chat with its photos, a message, a file that has to be decoded."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much in a second for ever, and so much at once after a rest."""

    in_a_second: float
    at_once: float


EACH = Allowance(25, 600)
"""Five messages in a second, 120 at once; or a file in a second, 24 at once."""
NEWCOMERS = Allowance(1000, 10_000)
"""All who are new to this process together: after a deploy everybody is."""
CALLERS_MOST = 50_000
"""Some 8 MB."""


class Floods:
    """The generic cell rate algorithm (ITU-T I.371): of each caller one number is kept, the moment at which their
    allowance will be whole again."""

    def __init__(
        self,
        each: Allowance = EACH,
        newcomers: Allowance = NEWCOMERS,
        callers: int = CALLERS_MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._each, self._newcomers, self._most, self._clock = each, newcomers, callers, clock
        self._whole = OrderedDict[bytes, float]()
        self._all_new = -math.inf

    def wait(self, caller: bytes, cost: int) -> float:
        """Seconds until this request may come again; 0 if it may pass. `caller` is empty where nobody is named."""
        now = self._clock()
        known = self._whole.get(caller, -math.inf)
        whole, wait = _spent(self._each, known, cost, now)
        if wait:
            return wait
        if caller not in self._whole:
            new, wait = _spent(self._newcomers, self._all_new, cost, now)
            if wait:
                return wait
            self._all_new = new
        if caller:
            self._whole[caller] = whole
            self._whole.move_to_end(caller)
            if len(self._whole) > self._most:
                self._whole.popitem(last=False)
        return 0.0


def guard(floods: Floods, metrics: Metrics) -> Middleware:
    """For what our pages ask in the background. Raises TooOften."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "/api/" in request.path:
            wait = floods.wait(_caller(request), _cost(request))
            if wait:
                metrics.too_often()
                raise TooOften(math.ceil(wait))
        return await handler(request)

    return middleware


def _spent(allowance: Allowance, whole: float, cost: int, now: float) -> tuple[float, float]:
    """When it is whole again after this, and 0; or what it was, and for how many seconds to wait."""
    after = max(whole, now) + cost / allowance.in_a_second
    wait = after - now - allowance.at_once / allowance.in_a_second
    return (whole, wait) if wait > 0 else (after, 0.0)


def _caller(request: web.Request) -> bytes:
    """By what they are known there, and by nothing that they could change for each request. Nothing that could be used
    to speak for them is kept."""
    desk = request.path.startswith("/desk/")
    said = request.cookies.get(COOKIE, "") if desk else request.headers.get("Authorization", "")
    return hashlib.blake2b(said.encode("utf-8", "surrogateescape"), digest_size=12).digest() if said else b""


def _cost(request: web.Request) -> int:
    if request.method in ("GET", "HEAD"):
        return LOOK
    return UPLOAD if request.path.endswith(("/photos", "/documents")) else CHANGE
