"""Reads of the rubricator: the list, a guess from a text, the time that a category gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Actor
from core.db import once
from core.region.calendar import Basis
from core.rubricator.suggest import Vocabulary, suggest
from core.rubricator.tables import categories
from core.rubricator.types import Category, SuggestCategories, Suggestion


@dataclass(frozen=True, slots=True)
class Promise:
    """A category that may be filed under, and in how many days it is answered."""

    name: Mapping[str, str]
    days: int
    basis: Basis


_C = categories.c
_ACTIVE = sa.select(_C.code, _C.name, _C.synonyms).where(_C.active).order_by(_C.position, _C.code)
_PROMISE = sa.select(_C.name, _C.sla_days, _C.sla_basis).where(_C.code == sa.bindparam("code"))
_PROMISE_NOW = _PROMISE.where(_C.active)


def suggest_categories(conn: Connection, actor: Actor, query: SuggestCategories, now: datetime) -> Suggestion:
    everything, vocabularies = once(conn, _all)
    likely = suggest(query.text, vocabularies)
    return Suggestion(tuple(everything[code] for code in likely), tuple(everything.values()))


def _all(conn: Connection) -> tuple[Mapping[str, Category], tuple[Vocabulary, ...]]:
    rows = conn.execute(_ACTIVE).all()
    vocabularies = tuple(Vocabulary(row.code, tuple(row.synonyms)) for row in rows)
    return {row.code: Category(row.code, row.name) for row in rows}, vocabularies


def promise_of(conn: Connection, code: str) -> Promise | None:
    """None if there is no such category, or none that is still filed under."""
    row = conn.execute(_PROMISE_NOW, {"code": code}).first()
    return Promise(*row) if row else None


def old_promise_of(conn: Connection, code: str) -> Promise:
    """As `promise_of`, for what was filed while the category was in use."""
    return Promise(*conn.execute(_PROMISE, {"code": code}).one())
