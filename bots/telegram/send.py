"""Sends screens to private chats of Telegram: edits the live one or sends anew, pictures and files before the words.

Where a screen takes several messages and one of them can only be sent later, those before it are remembered here and
not sent again; after a crash they are. Where nobody knows what became of one, the rest is not sent.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy.exc
from sqlalchemy.engine import Connection

from bots import live as lives
from bots import uploads
from bots.fit import Part
from bots.gather import Gathering
from bots.live import Live
from bots.messenger import World
from bots.telegram.courtesies import Courtesies
from bots.telegram.media import Media, Shared
from bots.telegram.outcomes import Done, Snag
from bots.telegram.receive import MESSENGER
from bots.telegram.render import Params, Words, is_empty
from bots.telegram.steps import Begun, Step, is_divided, on_show, only_words, plain_words, steps
from bots.telegram.wire import Ended, Wire
from bots.transport import Later, Moved, Outcome, Parcel, Rejected, Sent, Transport, Uncertain
from core.lines import Line, line, lines

AGAIN = 2.0
"""Seconds before an edit is repeated of which nobody knows whether it was made: it does no harm."""
BEGUN_MOST = 1000
NO_EDIT = Rejected("the message cannot be edited any more")
GOT_IT = line("All right.")
HINT = line("Press a button or write here")


class TelegramTransport:
    """One bot of one process."""

    def __init__(self, world: World, account: str, wire: Wire, media: Media, courtesies: Courtesies) -> None:
        self._world, self._account = world, account
        self._wire, self._media, self._courtesies = wire, media, courtesies
        self._begun: OrderedDict[int, Begun] = OrderedDict()
        self._looking = Gathering[Parcel, tuple[Live | None, Parcel]](self._look)

    async def send(self, parcel: Parcel) -> Outcome:
        try:
            live, parcel = await self._looking.add(parcel)
            return await (self._renewed(parcel, live) if parcel.message else self._shown(parcel, live))
        except (sqlalchemy.exc.SQLAlchemyError, OSError) as error:  # our own storage; what was sent is remembered
            return Later(5, type(error).__name__, counted=False)

    async def _look(self, parcels: Sequence[Parcel]) -> list[tuple[Live | None, Parcel]]:
        return await self._world.read(lambda conn: [_there(conn, parcel) for parcel in parcels])

    # One message in the place of another

    async def _shown(self, parcel: Parcel, live: Live | None) -> Outcome:
        now, words = self._world.clock(), plain_words(parcel.shown)
        target = lives.to_edit(parcel, live, now)
        if live is None or not target or words is None:
            return await self._anew(parcel, live, now)
        edited = await self._edited(parcel, words, target)
        if edited is NO_EDIT:
            return await self._anew(parcel, live, now)
        if not isinstance(edited, Sent):
            return edited
        after = replace(live, ids=(target,), buttons=bool(words.part.rows))
        return self._recorded(parcel, edited, Live((), now, plain=False) if parcel.shown.keep else after)

    async def _renewed(self, parcel: Parcel, live: Live | None) -> Outcome:
        """A pinned card: it may be the live screen, and it may stand above it. Where it has grown too long, its end is
        cut off."""
        is_live = live is not None and live.ids[-1:] == (parcel.message,)
        return await self._edited(parcel, only_words(parcel.shown), parcel.message, buttons=is_live)

    async def _edited(self, parcel: Parcel, words: Words, message: str, *, buttons: bool = True) -> Outcome:
        params = words.edited(_chat(parcel), int(message), buttons=buttons)
        match await self._called(parcel, "editMessageText", params):
            case Done():
                return Sent((message,), confirmed=True)
            case Snag.NO_EDIT:
                return NO_EDIT
            case Uncertain(reason):
                return Later(AGAIN, reason)
            case ended:
                return _outcome(ended)

    # Messages below

    async def _anew(self, parcel: Parcel, live: Live | None, now: datetime) -> Outcome:
        begun = self._progress(parcel, live)
        for step in begun.steps[begun.done :]:
            problem = await self._step(parcel, step, begun)
            if problem is not None:
                if not isinstance(problem, Later | Moved):
                    self._begun.pop(parcel.outbox_id, None)
                return problem
            begun.done += 1
        self._begun.pop(parcel.outbox_id, None)
        if live is not None and live.buttons and live.ids and not parcel.push:
            self._courtesies.strip(_chat(parcel), int(live.ids[-1]))
        sent = Sent(tuple(begun.ids), confirmed=True, divided=is_divided(begun))
        return self._recorded(parcel, sent, on_show(parcel.shown, begun, now), begun.handles)

    def _progress(self, parcel: Parcel, live: Live | None) -> Begun:
        keyboard = live is not None and live.keyboard and not parcel.push
        wanted = steps(parcel.shown, keyboard=keyboard, got_it=self._say(parcel, GOT_IT))
        begun = self._begun.get(parcel.outbox_id)
        if begun is None or begun.steps != wanted:
            begun = self._begun[parcel.outbox_id] = Begun(wanted)
        while len(self._begun) > BEGUN_MOST:
            self._begun.popitem(last=False)
        return begun

    async def _step(self, parcel: Parcel, step: Step, begun: Begun) -> Outcome | None:
        """None where it is there."""
        if isinstance(step, Part):
            shared = await self._media.send(parcel, step)
            if isinstance(shared, Uncertain):  # the words and the buttons are what people wait for
                begun.missed += len(step.pictures) + len(step.files)
                return None
            if not isinstance(shared, Shared):
                return shared
            begun.ids += shared.ids
            begun.shown += shared.ids
            begun.handles |= shared.handles
            begun.missed += shared.missed
            return None
        if begun.missed and step is begun.steps[-1]:
            step = replace(step, part=self._with_missed(parcel, step.part, begun.missed))
        if is_empty(step.part):
            return None
        ended = await self._called(parcel, "sendMessage", step.sent(_chat(parcel), self._say(parcel, HINT)))
        if not isinstance(ended, Done):
            return _outcome(ended)
        begun.ids.append(_id_of(ended))
        begun.shown += [] if step.aside else begun.ids[-1:]
        return None

    def _with_missed(self, parcel: Parcel, part: Part, missed: int) -> Part:
        told = lines("{n} file could not be shown here.", "{n} files could not be shown here.", missed)
        return replace(part, text=f"{part.text}\n\n{self._say(parcel, told)}" if part.text else self._say(parcel, told))

    async def _called(self, parcel: Parcel, method: str, params: Params) -> Ended:
        ended = await self._wire.call(parcel, method, params)
        if ended is not Snag.ENTITIES or "entities" not in params:
            return ended
        bare = {name: value for name, value in params.items() if name != "entities"}
        return await self._wire.call(parcel, method, bare)

    def _recorded(self, parcel: Parcel, sent: Sent, live: Live, handles: Mapping[str, str] | None = None) -> Sent:
        """A push leaves what is live as it is."""

        def record(tx: Connection) -> None:
            if not parcel.push:
                lives.put(tx, parcel.conversation_id, live)
            for ref, handle in (handles or {}).items():
                uploads.remember(tx, ref, MESSENGER, self._account, handle)

        return replace(sent, record=record)

    def _say(self, parcel: Parcel, words: Line) -> str:
        return self._world.houses.speeches[parcel.lang].say(words)


def _there(conn: Connection, parcel: Parcel) -> tuple[Live | None, Parcel]:
    """What is on show, and what is to be."""
    return lives.read(conn, parcel.conversation_id), uploads.unsent(conn, parcel)


def _chat(parcel: Parcel) -> int:
    return int(parcel.address.peer)


def _id_of(done: Done) -> str:
    return str(done.result["message_id"])


def _outcome(ended: Ended) -> Outcome:
    """What is no outcome yet is a fault of ours."""
    return Rejected(f"a fault of ours: {ended}") if isinstance(ended, Done | Snag) else ended


def _conforms(transport: TelegramTransport) -> Transport:
    return transport
