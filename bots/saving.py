"""Saves many moves at once that leave nothing but their conversations, their forms and their replies. Each is saved
whole or not at all: those that another owner has been faster with are left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from bots.moves import Move
from core.conversations.saving import hold_still, save_all
from core.inbox import service as inbox
from core.outbox.replies import enqueue_replies


def save_together(tx: Connection, moves: Sequence[Move], owner: str, now: datetime) -> set[int]:
    """The conversations that were lost."""
    held = hold_still(tx, [move.before for move in moves], owner)
    kept = [move for move in moves if move.before.id in held]
    save_all(tx, [move.left() for move in kept], now)
    inbox.settle(tx, [heard.id for move in kept for heard in move.done], now)
    enqueue_replies(tx, [reply for move in kept for reply in move.replies()], now)
    inbox.wake(tx, sorted(held))
    return {move.before.id for move in moves} - held
