"""What the operators' page says. It names rows by number and programs' words for what failed, never a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.lines import Line, line, lines, literal
from core.operations.types import Act, Kind, Stuck, Trouble

NAMES: Mapping[Kind, str] = {
    Kind.UPDATE: line("Update № {id}", id="{id}").msgid,
    Kind.CHAT: line("Conversation № {id}", id="{id}").msgid,
    Kind.MESSAGE: line("Outgoing message № {id}", id="{id}").msgid,
    Kind.TIMER: line("Timer № {id}", id="{id}").msgid,
    Kind.JOB: line("Job № {id}", id="{id}").msgid,
    Kind.FILE: line("File № {id}", id="{id}").msgid,
    Kind.TOKEN: line("Account {id}", id="{id}").msgid,
}

TROUBLES: Mapping[Trouble, Line] = {
    Trouble.QUARANTINED: line("Three tries to serve it have failed. The person has been told so."),
    Trouble.WAITING: line("Its time came long ago, and nobody has taken it."),
    Trouble.LEFT: line("The process that had it is gone, and nobody has taken it over."),
    Trouble.PUT_OFF: line("Every try has failed so far. It is tried again by itself."),
    Trouble.REFUSED: line("It was refused, and the person does not see it."),
    Trouble.UNCERTAIN: line("Nobody knows whether it has come."),
    Trouble.NEWER: line("Only a newer release can read it."),
    Trouble.FAILED: line("Every try has failed."),
    Trouble.NOBODYS: line("No process serves it: nothing is fetched, and only replies go out."),
    Trouble.PAUSED: line("The messenger takes nothing from us for a while."),
}

FRONT = line("See that a front runs and that the database is quick.")
WORKER = line("See that a worker runs and that the database is quick.")
DOCTOR = line("See that a worker runs; «python -m bots doctor» says what the messenger thinks of our token.")
CAUSE = line("Look for its number in the logs. When the cause is gone, try again.")
HELP: Mapping[Trouble, Line] = {
    Trouble.QUARANTINED: line("Look for its number in the logs. When the cause is gone, have it served again."),
    Trouble.WAITING: WORKER,
    Trouble.LEFT: WORKER,
    Trouble.PUT_OFF: CAUSE,
    Trouble.REFUSED: CAUSE,
    Trouble.UNCERTAIN: line("Sent again, it may be seen twice."),
    Trouble.NEWER: line("See that processes of the newer release run."),
    Trouble.FAILED: CAUSE,
    Trouble.NOBODYS: DOCTOR,
    Trouble.PAUSED: line("It goes on by itself. If it happens often, «python -m bots doctor» may say why."),
}

ACTS: Mapping[Act, Line] = {
    Act.RELEASE: line("Serve again"),
    Act.RETRY: line("Try again"),
    Act.DISMISS: line("Set aside"),
}

ASKED: Mapping[tuple[Act, Kind], Line] = {
    (Act.RELEASE, Kind.UPDATE): line(
        "It will be heard at once, before whatever waits in that conversation. If the cause is still there, it comes "
        "back here after three tries."
    ),
    (Act.RETRY, Kind.MESSAGE): line(
        "It will be sent at once. If it has come before, the person may see it twice; in VK and in the web chat, once."
    ),
    (Act.RETRY, Kind.TIMER): line("It will be tried at once, and five times more if that fails."),
    (Act.RETRY, Kind.JOB): line("It will be tried at once, and three times more if that fails."),
    (Act.RETRY, Kind.FILE): line("It will be fetched at once."),
    (Act.DISMISS, Kind.UPDATE): line("It will never be served. The person knows that it failed and may write again."),
    (Act.DISMISS, Kind.MESSAGE): line("Nothing will be sent. It only disappears from this list."),
    (Act.DISMISS, Kind.TIMER): line("What it was to do will never be done."),
    (Act.DISMISS, Kind.JOB): line("What it was to do will never be done."),
}


def page_texts() -> dict[str, Line]:
    return {
        "title": line("Operations"),
        "ready": line("This process serves"),
        "stopping": line("This process is about to end"),
        "away": line("The database does not answer"),
        "away_how": line("What is open cannot be looked at now. Please try again in a minute."),
        "refresh": line("Refresh"),
        "now": line("Right now"),
        "waiting": line("Updates that wait"),
        "quarantine": line("In quarantine"),
        "going": line("On their way out"),
        "files": line("Files to be fetched"),
        "work": line("Timers and jobs overdue"),
        "accounts": line("Messengers"),
        "no_accounts": line("No messenger is connected by the settings: people write in the web chat."),
        "connected": line("Connected"),
        "connecting": line("Being connected"),
        "elsewhere": line("Another process"),
        "here": line("This process"),
        "nobody": line("Nobody"),
        "held": line("Who fetches and sends"),
        "rate": line("Pace, messages a second"),
        "paused": line("Pause, seconds"),
        "stuck": line("What is stuck"),
        "well": line("Nothing is stuck"),
        "well_how": line("Every update is heard, and everything on its way out comes to its end in time."),
        "since": line("Since"),
        "until": line("Until"),
        "problem": line("What failed"),
        "more": line("Only the oldest of each kind are shown."),
        "back": line("Back to the list"),
        "done": line("Done. It is on record."),
        "late": line("There was nothing to do: it has moved on, or it is too late for that."),
        "metrics": line("Figures for Prometheus"),
    }


def seconds(count: float) -> Line:
    whole = round(count)
    return lines("the oldest for {n} second", "the oldest for {n} seconds", whole)


def moment(at: datetime) -> Line:
    return Line("", {"*": at})


def name(kind: Kind, id: str) -> Line:
    return Line(NAMES[kind], {"id": literal(id)})


def help_for(one: Stuck) -> Line:
    front = one.kind is Kind.CHAT and one.trouble in (Trouble.WAITING, Trouble.LEFT)
    return FRONT if front else HELP[one.trouble]
