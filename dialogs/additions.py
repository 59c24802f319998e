"""What a reply and an addition to a registered message share: photos and files that come beside the words, and a look
at all of it before it is sent."""

from __future__ import annotations

from collections.abc import Callable

from core.appeals.types import DOCUMENTS_MOST, PHOTOS_MOST
from core.lines import BLANK, Line, Text, line, literal
from dialogs.cards import unless_empty
from dialogs.session import Here, Step
from dialogs.steps import consent, documents, gathered
from dialogs.wording import files_words, grouped

PHOTOS: Step[tuple[str, ...]] = gathered("photos", PHOTOS_MOST)
DOCUMENTS: Step[tuple[str, ...]] = documents("documents", DOCUMENTS_MOST)


def checked(text: Step[str], first: Callable[[str], Line], label: Line) -> Step[bool]:
    """`text` holds the words; `first` says, with the number of the message, what all this is."""

    def preview(here: Here[bool]) -> Text:
        draft = here.draft
        said = (literal(draft[text]),) if draft[text] else ()
        return (first(grouped(draft.args)), BLANK, *said, *files_words(draft[PHOTOS], draft[DOCUMENTS]))

    changes = ((line("the words"), text), (line("the photos"), PHOTOS), (line("the files"), DOCUMENTS))
    check = consent("check", preview, label, changes=changes, photos=lambda draft: draft[PHOTOS])
    return unless_empty(check, PHOTOS, DOCUMENTS)
