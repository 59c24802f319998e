"""What authors add to an open appeal, and what officials note for themselves."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from core.appeals.tables import appeal_remarks
from core.appeals.types import AddNote, AddToAppeal, Status
from core.audit import audit
from core.files.store import add_file
from core.files.tables import files
from core.files.types import Kind
from core.region.store import read_region, save_region
from tests.core.cast import a_cast, an_appeal_that_is, on_sqlite
from tests.core.conftest import NOON, World, an_appeal, card, refusal, rows_of


def a_file(world: World, citizen_id: int, kind: Kind = Kind.PHOTO) -> str:
    ref = world.write(lambda tx: add_file(tx, citizen_id, "ab" * 32, "image/jpeg", 9, NOON))
    said = files.update().where(files.c.ref == ref).values(kind=kind, lat=55.5, lon=37.5)
    world.write(lambda tx: tx.execute(said))
    return ref


def places(world: World) -> list[tuple[float | None, float | None]]:
    rows = world.read(lambda conn: conn.execute(sa.select(files.c.lat, files.c.lon).order_by(files.c.ref)).all())
    return [(row.lat, row.lon) for row in rows]


def test_what_is_filed_and_added_has_photos_and_documents_and_no_place_in_them(world: World) -> None:
    cast = a_cast(world)
    photos = [a_file(world, cast.author.id) for _ in range(3)]
    papers = [a_file(world, cast.author.id, Kind.DOCUMENT) for _ in range(2)]
    number = world.a_filed(cast.author, photos=(photos[0],), documents=(papers[0],))
    assert sum(place == (None, None) for place in places(world)) == 1
    added = AddToAppeal(number, "", (photos[2], photos[0], photos[1]), (papers[1],))
    assert world.run(cast.author, added) == number
    seen = card(world, cast.mine, number)
    assert seen.photos == (photos[0], photos[2], photos[1])
    assert [document.ref for document in seen.documents] == papers
    assert sum(place == (None, None) for place in places(world)) == 3


@on_sqlite
def test_a_photo_is_no_document_and_what_others_have_sent_is_neither(world: World) -> None:
    cast = a_cast(world)
    photo, paper = a_file(world, cast.author.id), a_file(world, cast.author.id, Kind.DOCUMENT)
    foreign = a_file(world, cast.holder.id, Kind.DOCUMENT)
    for documents in ((photo,), (foreign,), ("nobody's",)):
        why = refusal(lambda documents=documents: world.run(cast.author, an_appeal(documents=documents)))  # type: ignore[misc]
        assert why == "One of the documents has not reached us. Please send the documents again."
    assert "photos" in refusal(lambda: world.run(cast.author, an_appeal(photos=(paper,))))
    assert refusal(lambda: world.run(cast.author, an_appeal(documents=tuple("abcdef")))).startswith("Please leave at")


@on_sqlite
def test_a_remark_is_of_a_fair_length_and_not_empty(world: World) -> None:
    cast = a_cast(world)
    number = world.a_filed(cast.author)
    for text in ("", "x" * 4001, "a\x00b", " spaces "):
        refusal(lambda text=text: world.run(cast.author, AddToAppeal(number, text)))  # type: ignore[misc]
    for text in ("", "ab", "x" * 2001, "a\x00bcd"):
        refusal(lambda text=text: world.run(cast.mine, AddNote(number, text)))  # type: ignore[misc]
    assert rows_of(world, appeal_remarks) == 0
    assert world.run(cast.author, AddToAppeal(number, "!")) == number


@on_sqlite
def test_an_appeal_holds_so_many_photos_and_no_more(world: World) -> None:
    cast = a_cast(world)
    number = world.a_filed(cast.author)
    photos = [a_file(world, cast.author.id) for _ in range(31)]
    for start in (0, 10, 20):
        world.run(cast.author, AddToAppeal(number, "", tuple(photos[start : start + 10])))
    why = refusal(lambda: world.run(cast.author, AddToAppeal(number, "One more.", (photos[30],))))
    assert why.startswith("This message holds as many photos as it can.")
    world.run(cast.author, AddToAppeal(number, "Once more the first.", (photos[0],)))


@on_sqlite
def test_citizens_never_see_notes_and_notes_are_on_the_journal(world: World) -> None:
    cast = a_cast(world)
    number = an_appeal_that_is(world, cast, Status.IN_WORK)
    world.run(cast.executor, AddNote(number, "The contractor is slow."))
    world.run(cast.holder, AddToAppeal(number, "Two more holes."))
    at_desk = [(remark.kind, remark.text, remark.author) for remark in card(world, cast.mine, number).remarks]
    assert at_desk == [("note", "The contractor is slow.", "Ким Вера Николаевна"), ("remark", "Two more holes.", "")]
    for citizen in (cast.author, cast.holder):
        assert [remark.text for remark in card(world, citizen, number).remarks] == ["Two more holes."]
    done = world.read(lambda conn: conn.execute(sa.select(audit.c.action).order_by(audit.c.id)).scalars().all())
    assert done == ["take", "note"]


@on_sqlite
def test_a_receipt_has_a_link_where_there_are_pages(world: World) -> None:
    cast = a_cast(world)
    assert world.run(cast.author, an_appeal()).link == ""
    web = "https://otklik.example"
    world.write(lambda tx: save_region(tx, replace(read_region(tx), web=web)))
    receipt = world.run(cast.author, an_appeal(), "file")
    assert receipt.link == f"{web}/#a={receipt.number}.{receipt.code}"
    assert world.run(cast.author, an_appeal(), "file") == receipt
