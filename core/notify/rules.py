"""Who is to be told what, and when. Pure: where people can be reached is found by the service."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.appeals.types import AppealFiled, Status, StatusChanged
from core.notify.types import Notice, NoticeKind

SILENT = timedelta(minutes=30)
"""Who has said nothing for so long may be asleep."""

TOLD = frozenset({Status.IN_WORK, Status.ANSWERED, Status.CLOSED})
"""Registration is told by the receipt."""


def to_officials(event: AppealFiled) -> Notice:
    return Notice(NoticeKind.QUEUED, {"number": event.number})


def to_citizen(event: StatusChanged) -> Notice | None:
    """What people have done themselves is no news to them."""
    if event.own or event.status not in TOLD:
        return None
    return Notice(NoticeKind.STATUS, {"number": event.number, "status": event.status})


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
