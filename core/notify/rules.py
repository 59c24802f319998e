"""Who is to be told what, and when. Pure: where people can be reached is found by the service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.appeals.events import AppealFiled, CitizenSpoke, StatusChanged
from core.appeals.types import WAITING, Status
from core.citizens.types import Channel, Pushes
from core.notify.types import Notice, NoticeKind

SILENT = timedelta(minutes=30)
"""Who has said nothing for so long may be asleep."""

MAIN = frozenset({Status.CLARIFY, Status.ANSWERED, Status.REJECTED})
"""What they have to do something about, or has come to nothing."""
TOLD: Mapping[Pushes, frozenset[Status]] = {
    Pushes.ALL: MAIN | {Status.IN_WORK, Status.REDIRECTED, Status.CLOSED},
    Pushes.MAIN: MAIN,
    Pushes.NONE: frozenset(),
}
"""Registration is told by the receipt."""


def to_queue(event: AppealFiled | StatusChanged) -> Notice | None:
    """To all officials of the authority, while nobody has taken it."""
    if isinstance(event, StatusChanged) and event.status not in WAITING:
        return None
    return Notice(NoticeKind.QUEUED, {"number": event.number})


def to_official(event: CitizenSpoke) -> Notice:
    return Notice(NoticeKind.SPOKE, {"number": event.number, "what": event.what})


def to_citizen(event: StatusChanged, pushes: Pushes = Pushes.ALL) -> Notice | None:
    """What people have done themselves is no news to them."""
    if event.own or event.status not in TOLD[pushes]:
        return None
    return Notice(NoticeKind.STATUS, {"number": event.number, "status": event.status})


def where(channels: Sequence[Channel]) -> Channel:
    """Of one person's channels, the one last heard from first: the one they have named, or the first, of those where
    anything can be delivered. Where nothing can, it is tried all the same, so that it comes to an end on record."""
    open_ones = [each for each in channels if each.reachable] or channels
    return next((each for each in open_ones if each.preferred), open_ones[0])


def quiet_until(now: datetime, zone: ZoneInfo, start: int, end: int) -> datetime | None:
    """The end of the quiet hours that `now` is in, or None. They may go over midnight; equal hours mean none."""
    here = now.astimezone(zone)
    quiet = start <= here.hour < end if start <= end else here.hour >= start or here.hour < end
    if not quiet:
        return None
    ends = here.replace(hour=end, minute=0, second=0, microsecond=0)
    return (ends if ends > here else ends + timedelta(days=1)).astimezone(now.tzinfo)


def status_waits(now: datetime, heard_at: datetime | None, quiet: datetime | None) -> datetime | None:
    """A status is pushed at once, in quiet hours too, where the person is awake: somebody who is here is waiting."""
    awake = heard_at is not None and now - heard_at < SILENT
    return None if awake else quiet
