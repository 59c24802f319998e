"""What people have begun and not sent: shown on request, reminded of once, forgotten after a week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.citizens.queries import settings_of
from core.citizens.types import Pushes
from core.conversations import drafts
from core.conversations.drafts import Left
from core.conversations.tables import forms
from core.notify.people import quiet
from core.notify.types import NoticeKind
from core.outbox import Lane, enqueue_notice
from core.personal.registry import theirs
from core.personal.types import DraftCard, ShowDraft
from core.text import shortened

REMIND, FORGET = timedelta(days=2), timedelta(days=7)
AT_ONCE = 500
WORDS_LEAST, WORDS_MOST = 10, 120
"""Characters: fewer are no draft yet, more are not shown."""


def show_draft(conn: Connection, actor: Citizen, query: ShowDraft, now: datetime) -> DraftCard | None:
    own = sa.select(forms.c.session).where(forms.c.run == query.run, theirs(forms, actor.id))
    row = conn.execute(own).first()
    return None if row is None else DraftCard(query.run, _words(row.session))


def remind(tx: Connection, now: datetime) -> None:
    """Once for each form, and for the frames of one conversation together; not where people want no such news."""
    told = set[int]()
    left = drafts.left_since(tx, now - REMIND, AT_ONCE)
    for form in left:
        settings = settings_of(tx, form.citizen_id)
        if form.conversation_id in told or settings.pushes is not Pushes.ALL or not _begun(form.session):
            continue
        told.add(form.conversation_id)
        _enqueue(tx, form, now, quiet(tx, now, settings.quiet_from, settings.quiet_to))
    drafts.reminded(tx, [form.id for form in left], now)


def forget(tx: Connection, now: datetime) -> None:
    drafts.forget(tx, now - FORGET)


def _enqueue(tx: Connection, form: Left, now: datetime, night: datetime | None) -> None:
    facts, key = {"run": form.run}, f"{NoticeKind.DRAFT}:{form.run}"
    enqueue_notice(tx, form.conversation_id, NoticeKind.DRAFT, facts, Lane.NOTICE, key, now, night)


def _begun(session: Mapping[str, Any]) -> bool:
    """There are words in it, or photos, or a place: a form that was only opened is no draft."""
    given = [answer for answer in _given(session) if isinstance(answer, list) or _is_place(answer)]
    return bool(given) or len(_words(session)) >= WORDS_LEAST


def _words(session: Mapping[str, Any]) -> str:
    """The longest that is there: numbers and codes are answers too."""
    said = (answer.strip() for answer in _given(session) if isinstance(answer, str))
    return shortened(max(said, key=len, default=""), WORDS_MOST)


def _given(session: Mapping[str, Any]) -> list[Any]:
    """A whole message that is one answer counts by what is in it."""
    filed, begun = (dict(session.get(name) or {}) for name in ("answers", "held"))
    answers = (*filed.values(), *begun.values())
    within = (part for answer in answers if _is_message(answer) for part in answer.values())
    return [answer for answer in (*answers, *within) if answer]


def _is_message(answer: Any) -> bool:
    return isinstance(answer, dict) and {"text", "photos"} <= answer.keys()


def _is_place(answer: Any) -> bool:
    return isinstance(answer, dict) and "address" in answer
