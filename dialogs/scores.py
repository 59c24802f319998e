"""What every way to rate an answer shares: what a form is opened with, and whether there is anything to rate."""

from __future__ import annotations

from core.appeals.types import AppealCard, Status


def number_of(args: str) -> str:
    return args.partition(".")[0]


def score_of(args: str) -> int | None:
    """What stands after the dot; 0, which is no rating, for anything but a small number."""
    _, dot, score = args.partition(".")
    if not dot:
        return None
    return int(score) if score.isascii() and score.isdecimal() and len(score) < 3 else 0


def may_be_rated(card: AppealCard | None) -> bool:
    return card is not None and card.status is Status.ANSWERED
