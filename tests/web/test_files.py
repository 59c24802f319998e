"""Photos and documents: what is taken, what is not, who may see one, and links that run out."""

from __future__ import annotations

import io
import re
import shutil
from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from PIL import Image

from bots.files.kinds import MIMES, MOST
from core.audit import audit
from core.files.tables import files
from core.files.types import PlaceOfPhotos
from core.talk import Place
from tests import samples
from tests.web.site import PNG, WORDS, Answer, Person, Site

PHOTOS = {
    "JPEG": samples.picture(),
    "PNG": PNG,
    "WebP": samples.picture("WEBP"),
    "HEIC": samples.picture("HEIF"),
    "a JPEG that is a ZIP too": samples.picture() + samples.packed({"evil.js": "alert(1)"}),
}
NO_PHOTOS = {
    "nothing": (415, b""),
    "a text": (415, b"just words, named photo.jpg"),
    "SVG with a script": (415, samples.SVG),
    "HTML": (415, b"<!doctype html><script>alert(1)</script>"),
    "GIF": (415, samples.animated("GIF")),
    "HEIC in name only": (415, b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1"),
    "PDF": (415, samples.PDF),
    "a program": (415, b"\x7fELF" + b"\x00" * 300),
    "the first byte of a JPEG": (415, b"\xff"),
    "a JPEG that breaks off": (415, samples.picture(size=(500, 500), quality=95)[:900]),
    "a zip bomb": (415, samples.zip_bomb()),
    "10^9 pixels": (413, samples.png_of(40_000, 25_000)),
}


async def test_what_is_no_photo_is_refused_in_a_sentence_whatever_it_is_called(site: Site) -> None:
    person = site.citizen()
    for name, (status, content) in NO_PHOTOS.items():
        answer = await person.post(content, "/photos", **{"Content-Type": "image/jpeg"})
        assert answer.status == status, name
        assert re.search("JPEG, PNG|damaged|megapixels", answer.error), name
    assert not site.rows(sa.select(files))


async def test_a_byte_too_many_is_refused_and_twenty_megabytes_are_taken(site: Site) -> None:
    person = site.citizen()
    just = samples.picture() + b"\x00" * (MOST - len(samples.picture()))
    assert (await person.post(io.BytesIO(just), "/photos")).status == 201
    for path in ("/photos", "/documents"):
        answer = await person.post(io.BytesIO(just + b"\x00"), path)
        assert answer.status == 413
        assert "20" in answer.error


async def test_a_photo_comes_back_as_a_plain_jpeg_whatever_was_claimed(site: Site) -> None:
    for content in PHOTOS.values():
        person = site.citizen()
        sent = await person.post(content, "/photos", **{"Content-Type": "text/html"})
        back = await person.call("GET", f"/photos/{sent.json['ref']}")
        image = Image.open(io.BytesIO(back.body))
        assert (back.status, image.format, image.mode) == (200, "JPEG", "RGB")
        assert b"PK" not in back.body
        assert back.headers["Content-Type"] == "image/jpeg"
        assert back.headers["X-Content-Type-Options"] == "nosniff"
        assert back.headers["Cache-Control"].startswith("private")
        assert "default-src 'none'" in back.headers["Content-Security-Policy"]


async def asked_place(site: Site, ref: str) -> Place | None:
    """As a dialog asks for its owner."""
    from core import app
    from core.actors import Citizen

    [owner] = site.rows(sa.select(files.c.citizen_id).where(files.c.ref == ref))
    place: Place | None = site.db.read(
        lambda conn: app.ask(conn, Citizen(owner.citizen_id), PlaceOfPhotos((ref,)), site.clock())
    ).result()
    return place


async def test_where_a_photo_was_taken_is_proposed_and_is_not_in_the_photo(site: Site) -> None:
    person = site.citizen()
    told = await person.photo(samples.picture(exif=samples.exif()))
    back = await person.call("GET", f"/photos/{told}")
    assert not Image.open(io.BytesIO(back.body)).getexif()
    place = await asked_place(site, told)
    assert place is not None and (place.lat, place.lon) == pytest.approx(samples.PLACE, abs=1e-4)


PLACES = [
    ("55.7, 37.6", Place("", 55.7, 37.6)),
    ("-1.5,-2.25", Place("", -1.5, -2.25)),
    ("91.0,0.5", None),
    ("0,0", None),
    ("nan,1", None),
    ("1,2,3", None),
    ("55.7;37.6", None),
    ("", None),
    ("1e5,2", None),
]


async def test_what_the_page_has_read_counts_where_the_photo_says_nothing(site: Site) -> None:
    for said, known in PLACES:
        answer = await site.citizen().post(PNG, "/photos", **{"X-Photo-Place": said})
        assert answer.status == 201
        assert await asked_place(site, answer.json["ref"]) == known, said


async def test_only_its_owner_and_officials_of_the_authority_that_answers_see_a_photo(site: Site) -> None:
    owner, other = site.citizen(), site.citizen()
    ref = await owner.photo()
    number = await owner.file(WORDS, ref)
    at_work = site.office(number)
    elsewhere = next(code for code in ("orlova", "petrov") if code != at_work)
    mine, theirs = await site.official(at_work), await site.official(elsewhere)
    for person in (other, mine, theirs):
        await person.command("start")
    for person, status in ((owner, 200), (mine, 200), (other, 404), (theirs, 404), (site.citizen(), 404)):
        answer = await person.call("GET", f"/photos/{ref}")
        assert answer.status == status, person
        assert status == 200 or answer.error
    assert (await site.call("GET", f"/api/chat/photos/{ref}")).status == 401
    assert (await site.call("GET", f"/desk/api/photos/{ref}")).status == 401
    reads = site.rows(sa.select(audit.c.actor_kind).where(audit.c.object_kind == "file"))
    assert [row.actor_kind for row in reads] == ["official"]  # and only a look that was allowed is a read


async def test_a_photo_of_no_appeal_is_seen_by_no_official(site: Site) -> None:
    ref = await site.citizen().photo()
    for code in ("sokolova", "orlova", "petrov"):
        assert (await (await site.official(code)).call("GET", f"/photos/{ref}")).status == 404


async def test_officials_send_no_photos(site: Site) -> None:
    official = await site.official("petrov")
    assert (await official.post(PNG, "/photos")).error
    assert (await official.post({"kind": "text", "text": WORDS, "photos": ["photo-reference"]})).status == 422


async def test_references_that_are_none_or_not_theirs_are_refused_and_nothing_is_said(site: Site) -> None:
    owner, thief = site.citizen(), site.citizen()
    ref = await owner.photo()
    await thief.begin()
    asked, items = await thief.step(), await thief.items()
    for refs in ([ref], ["photo-reference"], [ref[:-1] + "-"], [await thief.photo(), ref]):
        answer = await thief.post({"kind": "text", "text": WORDS, "photos": refs})
        assert answer.status == 422
        assert answer.error
    await site.quiet()
    assert (await thief.step(), await thief.items()) == (asked, items)


async def test_paths_and_odd_characters_in_a_reference_find_nothing(site: Site) -> None:
    person = site.citizen()
    await person.photo()
    for ref in (
        "..%2f..%2fotklik.db",
        "%2e%2e",
        "..",
        "%00",
        "a%00b",
        "%ff%fe",
        "x" * 5000,
        "%D1%84",
        "a'--",
        "*",
        "{}",
    ):
        answer = await person.call("GET", f"/photos/{ref}")
        assert answer.status == 404, ref
        assert answer.error or answer.status == 404


async def test_a_photo_that_the_disk_has_lost_is_not_found(site: Site) -> None:
    person = site.citizen()
    ref = await person.photo()
    shutil.rmtree(site.process.settings.var_dir / "files")
    assert (await person.call("GET", f"/photos/{ref}")).status == 404


async def test_a_disk_that_takes_nothing_is_no_loss(site: Site) -> None:
    """503: what could not be stored is not accepted, and the page tries again."""
    person, folder = site.citizen(), site.process.settings.var_dir / "files"
    folder.rmdir()
    folder.write_text("in the way")
    for path, content in (("/photos", PNG), ("/documents", samples.PDF)):
        answer = await person.post(content, path)
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.error
    assert not site.rows(sa.select(files))
    folder.unlink()
    assert (await person.post(PNG, "/photos")).status == 201


# Documents


async def sent(person: Person, content: bytes, name: str) -> Answer:
    return await person.post(content, "/documents", **{"X-File-Name": quote(name)})


async def fetched(person: Person, ref: str) -> Answer:
    link = await person.call("POST", f"/files/{ref}/link")
    assert link.status == 200, link
    return await person.site.call("GET", link.json["url"])


DOCUMENTS = {
    "Смета.pdf": samples.PDF,
    "a.docx": samples.docx(),
    "a.xls": samples.ole("Workbook"),
    "a.odt": samples.open_document("text"),
    "a.txt": b"words <script>alert(1)</script>",
}


async def test_a_document_comes_back_as_it_was_and_nothing_opens_it(site: Site) -> None:
    for name, content in DOCUMENTS.items():
        person = site.citizen()
        answer = await sent(person, content, name)
        assert answer.status == 201
        assert answer.json == {"ref": answer.json["ref"], "name": name, "size": len(content)}
        back = await fetched(person, answer.json["ref"])
        assert (back.status, back.body) == (200, content)
        assert back.headers["Content-Type"] == MIMES[name.rpartition(".")[2]]
        assert back.headers["Content-Disposition"].startswith('attachment; filename="')
        assert back.headers["Content-Disposition"].endswith(f"; filename*=UTF-8''{quote(name)}")
        assert back.headers["X-Content-Type-Options"] == "nosniff"
        assert back.headers["Content-Security-Policy"].endswith("; sandbox")
        assert back.headers["Cache-Control"] == "no-store"


NO_DOCUMENTS = [
    ("a.jpg.exe", b"MZ\x90\x00" + bytes(200)),
    ("a.docx", samples.zip_bomb()),
    ("a.docx", samples.docx(**{"word/vbaProject.bin": "x"})),
    ("a.pdf", samples.SVG),
    ("photo.jpg", samples.picture()),
    ("a.pdf", b""),
]


async def test_what_is_no_document_is_refused_in_a_sentence(site: Site) -> None:
    for name, content in NO_DOCUMENTS:
        answer = await sent(site.citizen(), content, name)
        assert answer.status == 415, name
        assert "PDF" in answer.error
    assert not site.rows(sa.select(files))


async def test_any_name_becomes_a_decent_one(site: Site) -> None:
    person = site.citizen()
    for name in (quote("я" * 255 + ".pdf"), "../../x.pdf", "a.jpg.exe", "%FF%FE", "", "x" * 5000, "a%0D%0AX-Evil: 1"):
        answer = await person.post(samples.PDF, "/documents", **{"X-File-Name": name})
        kept = answer.json["name"]
        assert answer.status == 201
        assert kept.endswith(".pdf") and len(kept) <= 80 and not set(kept) & set('/\\"\r\n')
        assert (await fetched(person, answer.json["ref"])).status == 200


async def test_documents_go_with_a_message_and_stand_in_the_chat_by_their_names(site: Site) -> None:
    owner, thief = site.citizen(), site.citizen()
    ref = (await sent(owner, samples.PDF, "Смета.pdf")).json["ref"]
    photo = await owner.photo()
    assert (await owner.post({"kind": "text", "text": WORDS, "documents": [ref]})).status == 202
    [mine] = [item for item in await owner.items() if item["side"] == "me"]
    assert mine["documents"] == [{"ref": ref, "name": "Смета.pdf", "size": len(samples.PDF)}]
    await site.quiet()
    for person, body in ((thief, {"documents": [ref]}), (owner, {"documents": [photo]}), (owner, {"photos": [ref]})):
        answer = await person.post({"kind": "text", "text": WORDS, **body})
        assert answer.status == 422
        assert answer.error


async def test_a_document_is_shown_as_no_photo(site: Site) -> None:
    person = site.citizen()
    ref = (await sent(person, samples.PDF, "a.pdf")).json["ref"]
    assert (await person.call("GET", f"/photos/{ref}")).status == 404


# Links


async def test_a_link_is_made_for_those_who_may_see_the_file_and_looks_are_on_the_journal(site: Site) -> None:
    owner, other = site.citizen(), site.citizen()
    ref = await owner.photo()
    number = await owner.file(WORDS, ref)
    await other.command("start")
    official = await site.official(site.office(number))
    for person, status in ((owner, 200), (official, 200), (other, 404), (site.citizen(), 404)):
        assert (await person.call("POST", f"/files/{ref}/link")).status == status
    assert (await site.call("POST", f"/api/chat/files/{ref}/link")).status == 401
    assert (await fetched(official, ref)).headers["Content-Disposition"].startswith('attachment; filename="photo.jpg"')
    reads = site.rows(sa.select(audit.c.object_id).where(audit.c.object_kind == "file"))
    assert [row.object_id for row in reads] == [ref, ref]


async def test_a_link_needs_no_token_holds_for_five_minutes_and_then_says_so(site: Site) -> None:
    person = site.citizen()
    url = (await person.call("POST", f"/files/{await person.photo()}/link")).json["url"]
    assert (await site.call("GET", url)).status == 200
    head = await site.call("HEAD", url)
    assert (head.status, head.body) == (200, b"") and int(head.headers["Content-Length"]) > 0
    site.clock.ahead += timedelta(minutes=4)
    assert (await site.call("GET", url)).status == 200
    site.clock.ahead += timedelta(minutes=1, seconds=1)
    late = await site.call("GET", url, headers={"Accept-Language": "en"})
    assert late.status == 410
    assert "run out" in late.body.decode() and "text/html" in late.headers["Content-Type"]


async def test_a_link_that_was_changed_anywhere_opens_nothing(site: Site) -> None:
    person = site.citizen()
    ref, another = await person.photo(), await person.photo(samples.picture())
    assert (await site.call("GET", f"/file/{ref}?until=9999999999&sig={'0' * 64}")).status == 404  # no key yet
    url = (await person.call("POST", f"/files/{ref}/link")).json["url"]
    path, _, query = url.partition("?")
    until, signature = re.fullmatch(r"until=(\d+)&sig=([0-9a-f]{64})", query).groups()  # type: ignore[union-attr]
    for changed in (
        f"/file/{another}?{query}",
        f"{path}?until={int(until) + 1}&sig={signature}",
        f"{path}?until=0{until}&sig={signature[:-1]}",
        f"{path}?until=-1&sig={signature}",
        f"{path}?until=%D9%A3&sig={signature}",
        f"{path}?until={'9' * 5000}&sig={signature}",
        f"{path}?until={until}&sig={signature[:-1] + ('0' if signature[-1] != '0' else '1')}",
        f"{path}?until={until}&sig=%00%FF%D1%84",
        f"{path}?until={until}",
        f"{path}?sig={signature}",
        path,
        f"/file/..%2f..%2fotklik.db?{query}",
    ):
        answer = await site.call("GET", changed)
        assert answer.status == 404, changed
        assert "text/html" in answer.headers["Content-Type"]
