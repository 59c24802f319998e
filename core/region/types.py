"""What a region says about itself; it comes from region.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Emergency:
    number: str
    what: Mapping[str, str]
    """By language."""


@dataclass(frozen=True, slots=True)
class Region:
    """Names are by language; `zone` is an IANA time zone; `policy_url` and `formal_url` are https addresses."""

    name: Mapping[str, str]
    operator: Mapping[str, str]
    address: Mapping[str, str]
    zone: str
    policy_url: str
    formal_url: str
    opa_id: int
    emergency: tuple[Emergency, ...]
    consent_version: str
    reopen_score: int
    """A rating up to this one offers another look at the appeal."""
    rating_days: int
    """Calendar days in which an answer may be rated; then the appeal is closed without a rating."""
    quiet_from: int
    quiet_to: int
    """Hours of the region's day between which notices wait."""
    raw_days: int
    """Days for which raw incoming updates are kept."""
    clarify_days: int = 3
    """Calendar days in which the author may answer a question of an official; then the appeal is not taken."""
    web: str = ""
    """Where people open the pages, without a slash at the end; from the settings, not from the file."""
    reserved: str = ""
    """The messenger in which citizens are asked for no personal data and shown none; from the settings."""
    channels: tuple[tuple[str, str], ...] = ()
    """By messenger: the address that opens the bot there, up to the word that it is to start with. From the messengers
    themselves, once they have been asked."""
    days_off: tuple[date, ...] = ()
    working_days: tuple[date, ...] = ()
    """Where the region's calendar differs from the country's."""


@dataclass(frozen=True, slots=True)
class AboutRegion:
    """Query for anybody; answered with a Region."""
