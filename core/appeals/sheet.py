"""What an official has before them while writing an answer: the appeal and the ready answers. Reads only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from core.actors import Official
from core.appeals.queries import show_appeal
from core.appeals.types import AnswerSheet, ShowAppeal, ShowSheet
from core.authorities.queries import list_templates
from core.authorities.types import ListTemplates


def show_sheet(conn: Connection, actor: Official, query: ShowSheet, now: datetime) -> AnswerSheet:
    card = show_appeal(conn, actor, ShowAppeal(query.number), now)
    return AnswerSheet(card, list_templates(conn, actor, ListTemplates(), now))
