"""Commands of ratings (оценка ответа)."""

from __future__ import annotations

from dataclasses import dataclass

SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class RateAnswer:
    """Command of the appeal's citizen; answered with the score. One rating for one answer: a second is declined."""

    number: str
    score: int
