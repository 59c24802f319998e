"""Report a problem: words first, a category that fits them, the town, photos, the place, a check, and it is filed.
What was chosen elsewhere comes as its arguments («appeal:roads.45701000»)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.appeals.types import DOCUMENTS_MOST, PHOTOS_MOST, TEXT_LEAST, TEXT_MOST, FileAppeal, Receipt
from core.files.types import PlaceOfPhotos
from core.lines import BLANK, Line, Text, line, lines, literal, named
from core.rubricator.types import Category, SuggestCategories
from core.talk import Button, Held, Message, Place, Press, Refused, Said, Screen, Took
from core.territories.types import ListTerritories
from dialogs.cards import first_words, unless_empty
from dialogs.chosen import category_of, chosen_before, territory_of
from dialogs.discard import or_discard, sure
from dialogs.engine import Form
from dialogs.session import Draft, Here, Step
from dialogs.steps import SKIP, act, choice, consent, documents, photos, place, unsaid, words
from dialogs.views import launch
from dialogs.wording import files_words, grouped, in_halves, last_day, place_words

OPTIONS = 5
"""On a page of a choice: with the ways to other pages, back and out there are ten buttons at most."""
REMOVE = "remove"
THERE = "there"
"""The place where the photo was taken."""


def category_ask(here: Here[Any]) -> Line:
    if here.facts.likely and here.page == 0 and not here.sought:
        return line("What is it about? This looks closest.")
    return line("What is it about? Choose from the list, or write a part of the name.")


def option(category: Category) -> Button:
    return Button(category.code, named(category.name))


def territories(here: Here[Any]) -> Sequence[Button]:
    return [Button(territory.code, named(territory.name)) for territory in here.facts]


def place_or_none(step: Step[Place]) -> Step[Place]:
    """May be left out, or be where the photo was taken; words and a point that come one after the other are one."""

    def show(here: Here[Place]) -> Screen:
        screen = step.show(here)
        there = (Button(THERE, line("Where the photo was taken")),) if here.facts else ()
        return replace(screen, buttons=(*there, *screen.buttons, Button(SKIP, line("Without an address"))))

    def read(said: Said, here: Here[Place]) -> Took | Refused:
        if isinstance(said, Press):
            return Took({step.id: here.facts if said.key == THERE and here.facts else Place()})
        reply = step.read(said, here) if step.read else None
        if not isinstance(reply, Took):
            return Refused(line("Please write an address or press «{button}».", button=line("Without an address")))
        return Took({step.id: together(here.own or Place(), reply.values[step.id])})

    return replace(step, show=show, read=read, say=place_words)


def together(old: Place, new: Place) -> Place:
    if new.lat is None and not old.address:
        return Place(new.address, old.lat, old.lon)
    if not new.address and old.lat is None:
        return Place(old.address, new.lat, new.lon)
    return new


def photos_at_once(step: Step[tuple[str, ...]]) -> Step[tuple[str, ...]]:
    """Photos that came along with something else are an answer: nobody is asked for them again."""

    def show(here: Here[tuple[str, ...]]) -> Screen:
        screen = step.show(here)
        remove = (Button(REMOVE, line("Remove the photos")),) if here.own else ()
        return replace(screen, buttons=(*screen.buttons, *remove))

    def read(said: Said, here: Here[tuple[str, ...]]) -> Took | Refused:
        if isinstance(said, Press) and said.key == REMOVE:
            return Took({step.id: ()})
        reply = step.read(said, here) if step.read else Refused(line("Please send photos or press the button."))
        came_along = isinstance(said, Message) and not here.draft.values
        if isinstance(reply, Refused) or not came_along:
            return reply
        return replace(reply, values={id: v.value if isinstance(v, Held) else v for id, v in reply.values.items()})

    return replace(step, show=show, read=read, say=unsaid)


def photos_ask(here: Here[Any]) -> Line:
    n = len(here.own or ())
    if n == PHOTOS_MOST:
        return lines(
            "There is {n} photo, no more fit. Please go on.", "There are {n} photos, no more fit. Please go on.", n
        )
    if n:
        return lines("{n} photo is added. Are there more?", "{n} photos are added. Are there more?", n)
    return lines("Is there a photo? Send it here.", "Are there photos? Send them here, up to {n}.", PHOTOS_MOST)


TEXT = words(
    "text",
    line("Write in your own words what happened and where. You can send photos right away."),
    least=TEXT_LEAST,
    most=TEXT_MOST,
)
CATEGORY = chosen_before(
    choice(
        "category",
        category_ask,
        needs=lambda draft: SuggestCategories(draft[TEXT]),
        options=lambda here: [option(c) for c in here.facts.likely],
        more=lambda here: [option(c) for c in here.facts.all],
        page=OPTIONS,
        search=True,
    ),
    category_of,
)
TERRITORY = chosen_before(
    choice(
        "territory",
        line("Where is it? Choose the town or district, or write its name."),
        needs=lambda draft: ListTerritories(),
        options=territories,
        page=OPTIONS,
        search=True,
    ),
    territory_of,
)
PHOTOS = photos_at_once(photos("photos", photos_ask, most=PHOTOS_MOST))
DOCUMENTS: Step[tuple[str, ...]] = documents("documents", DOCUMENTS_MOST)


def place_ask(here: Here[Any]) -> Text:
    ask = line("Where exactly? Write the address or what is near, or send where you are now.")
    return (ask, line("The photo was taken here: {place}.", place=place_words(here.facts))) if here.facts else (ask,)


def taken_at(draft: Draft) -> PlaceOfPhotos | None:
    refs = draft.get(PHOTOS)
    return PlaceOfPhotos(refs) if refs else None


PLACE = place_or_none(place("place", place_ask, button=line("Send where I am"), needs=taken_at))


def summary(here: Here[bool]) -> Text:
    draft = here.draft
    return (
        line("Please check before sending:"),
        BLANK,
        literal(draft[TEXT]),
        BLANK,
        line("Category: {category}", category=draft[CATEGORY].label),
        line("Where: {territory}, {place}", territory=draft[TERRITORY].label, place=place_words(draft[PLACE])),
        *(files_words(draft[PHOTOS], draft[DOCUMENTS]) or (line("No photos"),)),
    )


def command(draft: Draft) -> FileAppeal:
    category, territory = draft[CATEGORY].key, draft[TERRITORY].key
    return FileAppeal(draft[TEXT], category, territory, draft[PLACE], draft[PHOTOS], draft[DOCUMENTS])


CHECK = unless_empty(
    or_discard(
        consent(
            "check",
            summary,
            line("Send"),
            photos=lambda draft: draft[PHOTOS],
            changes=(
                (line("the words"), TEXT),
                (line("the category"), CATEGORY),
                (line("the town"), TERRITORY),
                (line("the address"), PLACE),
                (line("the photos"), PHOTOS),
                (line("the files"), DOCUMENTS),
            ),
        )
    ),
    DOCUMENTS,
)
SURE = sure(CHECK)
FILED = act("filed", Receipt, command, when=lambda draft: draft[CHECK])


def receipt(here: Here[None]) -> Text:
    filed = here.draft[FILED]
    authority, day = named(filed.authority), last_day(filed.due)
    return (
        line("Done: your message is registered under No. {number}.", number=grouped(filed.number)),
        line("Access code: {code}. Please keep it with the number.", code=in_halves(filed.code)),
        line("Who answers: {authority}, by {day} at the latest.", authority=authority, day=day),
        BLANK,
        line("We will write to you here when work begins and when the answer is ready."),
        line("With number and code the message opens on any device."),
    )


def show_end(here: Here[None]) -> Screen:
    if not here.draft[CHECK]:
        gone = line("The draft is deleted. To report it again, simply write.")
        return Screen((gone,), (Button("menu:", line("Menu")),))
    filed = here.draft[FILED]
    ways = (Button("my:0", line("My messages")), launch("appeal", "", line("New message")))
    link = (Button("link", line("Open on the site"), "link", filed.link),) if filed.link else ()
    return Screen(receipt(here), (*ways, *link), qr=filed.link, keep=True)


END: Step[None] = Step("end", type(None), show_end)
STEPS = (TEXT, CATEGORY, TERRITORY, PHOTOS, DOCUMENTS, PLACE, CHECK, SURE, FILED, END)
FORMS = (
    Form(
        "appeal",
        1,
        line("New message"),
        STEPS,
        catch=(PLACE, PHOTOS, DOCUMENTS),
        brief=first_words(TEXT),
        adds=TEXT,
    ),
)
