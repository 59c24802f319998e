"""Fills an empty database with the demo region and a few appeals in different states, made by the real commands of
made-up citizens. Never used beside real data."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, assert_never

from pydantic import BaseModel, Field
from sqlalchemy.engine import Connection

from core.actors import Citizen
from core.app import run
from core.appeals.types import (
    TEXT_LEAST,
    TEXT_MOST,
    AddNote,
    AddToAppeal,
    AnswerAppeal,
    AskCitizen,
    FileAppeal,
    Reason,
    RedirectAppeal,
    RejectAppeal,
    TakeAppeal,
)
from core.authorities.queries import official_by_code, officials_at_work
from core.citizens.service import new_citizen
from core.citizens.types import FILING, GiveConsent
from core.importer import import_data, is_empty, load_data
from core.ratings.types import RateAnswer
from core.region.file import Strict, read_checked
from core.region.store import read_region
from core.talk import Place


class _Step(BaseModel):
    model_config = Strict
    by: str
    does: Literal["take", "answer", "ask", "note", "redirect", "reject", "add", "rate"]
    text: str = ""
    to: str = ""
    reason: Reason = Reason.DUPLICATE
    score: int = 5


class _Appeal(BaseModel):
    model_config = Strict
    text: Annotated[str, Field(min_length=TEXT_LEAST, max_length=TEXT_MOST)]
    category: str
    territory: str
    address: str = ""
    hours_ago: Annotated[int, Field(ge=1)]
    story: tuple[_Step, ...] = ()


class _Appeals(BaseModel):
    model_config = Strict
    appeals: tuple[_Appeal, ...]


def load_demo(tx: Connection, folder: Path, now: datetime) -> bool:
    """From data.yaml and appeals.yaml of the folder; False, and nothing is done, unless the database is empty. The
    region itself is saved before, as at every start."""
    if not is_empty(tx):
        return False
    import_data(tx, load_data(folder / "data.yaml"))
    version = read_region(tx).consent_version
    for n, appeal in enumerate(read_checked(folder / "appeals.yaml", _Appeals).appeals):
        _tell(tx, appeal, f"demo:{n}", version, now - timedelta(hours=appeal.hours_ago), now)
    return True


def is_demo(conn: Connection, folder: Path) -> bool:
    """The officials are the made-up ones, so that everybody may enter for them."""
    made_up = {official.code for official in load_data(folder / "data.yaml").officials}
    return {row.code for row in officials_at_work(conn)} <= made_up


def _tell(tx: Connection, appeal: _Appeal, key: str, version: str, filed: datetime, now: datetime) -> None:
    """The steps lie evenly between the filing and now."""
    citizen = Citizen(new_citizen(tx, filed))
    run(tx, citizen, f"{key}:consent", GiveConsent(FILING, version), filed)
    words = FileAppeal(appeal.text.strip(), appeal.category, appeal.territory, Place(appeal.address), ())
    number = run(tx, citizen, f"{key}:file", words, filed).number
    pause = (now - filed) / (len(appeal.story) + 1)
    for n, step in enumerate(appeal.story, 1):
        actor = citizen if step.by == "author" else official_by_code(tx, step.by)
        if actor is None:
            raise LookupError(f"appeals.yaml: there is no official «{step.by}» in data.yaml.")
        run(tx, actor, f"{key}:{n}", _command(number, step), filed + n * pause)


def _command(number: str, step: _Step) -> object:
    text = step.text.strip()
    match step.does:
        case "take":
            return TakeAppeal(number)
        case "answer":
            return AnswerAppeal(number, text)
        case "ask":
            return AskCitizen(number, text)
        case "note":
            return AddNote(number, text)
        case "redirect":
            return RedirectAppeal(number, step.to, text)
        case "reject":
            return RejectAppeal(number, step.reason, text)
        case "add":
            return AddToAppeal(number, text)
        case "rate":
            return RateAnswer(number, step.score)
        case _:
            assert_never(step.does)
