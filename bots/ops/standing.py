"""How this process stands with each account of a messenger, for the operators' page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bots.ops.context import Ops
from core.operations.figures import Figures
from core.operations.types import Account


@dataclass(frozen=True, slots=True)
class Standing:
    """`state` and `held` name texts of the page; `refusal` is the sentence that says what an operator has to do."""

    name: str
    state: str
    held: str
    refusal: str = ""
    paused_for: int = 0
    rate: float | None = None


def standings(ops: Ops, named: Sequence[Account], known: Figures) -> list[Standing]:
    return [_standing(ops, one, known) for one in named]


def _standing(ops: Ops, named: Account, known: Figures) -> Standing:
    same = (named.messenger, named.account)
    token = next((one for one in known.tokens if (one.messenger, one.account) == same), None)
    mine = next((one for one in ops.accounts if (one.name, one.account) == same), None)
    return Standing(
        name=named.name,
        state="connected" if mine is not None and mine.up else "connecting",
        held="nobody" if token is None or not token.owner else "here" if mine and mine.holds else "elsewhere",
        refusal=mine.refusal if mine is not None else "",
        paused_for=round(token.paused_for) if token is not None else 0,
        rate=round(mine.pace.rate, 1) if mine is not None else None,
    )
