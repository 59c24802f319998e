"""Whose an appeal is, as a condition of the query that reads or changes it: what is not theirs is not found."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from core.actors import Actor, Citizen, Official, System
from core.appeals.number import is_number
from core.appeals.rules import COORDINATORS, Who, before
from core.appeals.tables import appeal_holders, appeals
from core.appeals.types import Status
from core.authorities.queries import below
from core.authorities.tables import officials
from core.errors import NotAllowed

Condition = sa.ColumnElement[bool]

# Each is made once: making one takes longer than a whole query.
_FILED, _TAKER = appeals.alias(), officials.alias()


def numbered(number: str) -> Condition:
    if not is_number(number):  # whatever it is, no database need see it
        raise NotAllowed
    return appeals.c.number == number


def of_author(actor: Citizen) -> Condition:
    """Of who has filed it, and of everybody who has come with its number and code."""
    return held_by(actor.id)


def held_by(citizen: int | sa.BindParameter[int]) -> Condition:
    h = appeal_holders.c
    filed = sa.select(_FILED.c.id).where(_FILED.c.citizen_id == citizen)
    held = sa.select(h.appeal_id).where(h.citizen_id == citizen)
    # Not «or»: there PostgreSQL reads every appeal.
    return appeals.c.id.in_(filed.union(held))


def of_authority(actor: Official) -> Condition:
    """Here they act."""
    return appeals.c.authority_id == actor.authority_id


def at_or_below(actor: Official) -> Condition:
    """Here they look."""
    return looked_at_from(actor.authority_id)


def looked_at_from(authority: int | sa.BindParameter[int]) -> Condition:
    return appeals.c.authority_id.in_(below(authority))


def left_behind() -> Condition:
    """Who has taken it has been revoked, or works elsewhere now."""
    a, o = appeals.c, _TAKER.c  # a query of the card names officials too
    at_work = sa.exists().where(o.id == a.official_id, o.authority_id == a.authority_id, o.revoked_at.is_(None))
    return sa.and_(a.official_id.is_not(None), ~at_work)


def may_bring_to(actor: Actor, after: Status) -> Condition:
    """The table of changes for this actor: the appeal is theirs to change so, and in a status that allows it."""
    ways = (sa.and_(theirs, appeals.c.status.in_(before(after, who))) for who, theirs in _as(actor).items())
    return sa.or_(sa.false(), *ways)


def _as(actor: Actor) -> Mapping[Who, Condition]:
    match actor:
        case Citizen():
            return {"its author": of_author(actor)}
        case Official():
            here = of_authority(actor)
            mine = sa.and_(here, appeals.c.official_id == actor.id)
            ways: dict[Who, Condition] = {
                "any official of the authority": here,
                "the official who has taken it": mine,
                "any official of the authority, if who has taken it is there no more": sa.and_(here, left_behind()),
            }
            if actor.role not in COORDINATORS:
                return ways
            theirs = sa.and_(here, appeals.c.official_id != actor.id)
            leads: dict[Who, Condition] = {
                "a coordinator of the authority": here,
                "a coordinator of the authority, if a colleague has taken it": theirs,
            }
            return {**ways, **leads}
        case System():
            return {"the system": sa.true()}
        case _:
            return {}
