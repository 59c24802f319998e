"""Commands of ratings (оценка ответа)."""

from __future__ import annotations

from dataclasses import dataclass

SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class RateAnswer:
    """Command of the appeal's citizen; answered with Rated. One rating for one answer: a second is declined."""

    number: str
    score: int


@dataclass(frozen=True, slots=True)
class Rated:
    """`again` says whether the citizen may have it looked at again; `curator` that somebody above would do it."""

    score: int
    low: bool
    again: bool
    curator: bool


@dataclass(frozen=True, slots=True)
class ExplainRating:
    """Command of who has rated: why so low; answered with the number. The last words count."""

    number: str
    why: str
