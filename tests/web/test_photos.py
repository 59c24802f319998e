"""Photos: what is taken, what is not, and who may see one."""

from __future__ import annotations

import io
import re
import shutil

import pytest
import sqlalchemy as sa

from bots.photos import MOST
from core.audit import audit
from core.files.tables import files
from tests.web.site import PNG, WORDS, Site

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + b"\x10" * 64
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00" + b"\x2f" + b"\x00" * 12
NO_PHOTOS = {
    "nothing": b"",
    "a text": b"just words, named photo.jpg",
    "SVG with a script": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "GIF": b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
    "HEIC": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1",
    "PDF": b"%PDF-1.7\n",
    "a program": b"\x7fELF" + b"\x00" * 300,
    "the first byte of a JPEG": b"\xff",
    "a ZIP": b"PK\x03\x04" + b"\x00" * 100,
}


async def test_what_is_no_photo_is_refused_in_a_sentence_whatever_it_is_called(site: Site) -> None:
    person = site.citizen()
    for name, content in NO_PHOTOS.items():
        for claimed in ("image/jpeg", "image/png", "application/octet-stream"):
            answer = await person.post(content, "/photos", **{"Content-Type": claimed})
            assert answer.status == 415, name
            assert re.search("JPEG|PNG|WebP", answer.error), name
    assert not site.rows(sa.select(files))


async def test_a_byte_too_many_is_refused_and_ten_megabytes_are_taken(site: Site) -> None:
    person = site.citizen()
    just = JPEG + b"\x00" * (MOST - len(JPEG))
    assert (await person.post(io.BytesIO(just), "/photos")).status == 201
    answer = await person.post(io.BytesIO(just + b"\x00"), "/photos")
    assert answer.status == 413
    assert "10" in answer.error


@pytest.mark.parametrize(("content", "mime"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")])
async def test_a_photo_comes_back_as_what_it_is_and_not_as_what_was_claimed(
    site: Site, content: bytes, mime: str
) -> None:
    person = site.citizen()
    sent = await person.post(content, "/photos", **{"Content-Type": "text/html"})
    back = await person.call("GET", f"/photos/{sent.json['ref']}")
    assert (back.status, back.body) == (200, content)
    assert back.headers["Content-Type"] == mime
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert back.headers["Cache-Control"].startswith("private")
    assert "default-src 'none'" in back.headers["Content-Security-Policy"]


async def test_a_photo_that_breaks_off_is_kept_as_it_is_and_breaks_nothing(site: Site) -> None:
    person = site.citizen()
    ref = await person.photo(JPEG[:30])
    number = await person.file(WORDS, ref)
    official = await site.official(site.office(number))
    await official.command("card", number)
    assert (await official.screen())["photos"] == [ref]


async def test_only_its_owner_and_officials_of_the_authority_that_answers_see_a_photo(site: Site) -> None:
    owner, other = site.citizen(), site.citizen()
    ref = await owner.photo()
    number = await owner.file(WORDS, ref)
    at_work = site.office(number)
    elsewhere = next(code for code in ("sokolova", "orlova", "petrov") if code != at_work)
    mine, theirs = await site.official(at_work), await site.official(elsewhere)
    for person in (other, mine, theirs):
        await person.command("start")
    for person, status in ((owner, 200), (mine, 200), (other, 404), (theirs, 404), (site.citizen(), 404)):
        answer = await person.call("GET", f"/photos/{ref}")
        assert answer.status == status, person
        assert status == 200 or answer.error
    assert (await site.call("GET", f"/api/chat/photos/{ref}")).status == 401
    assert (await site.call("GET", f"/desk/api/photos/{ref}")).status == 401
    reads = site.rows(sa.select(audit.c.actor_kind).where(audit.c.object_kind == "photo"))
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
    shutil.rmtree(site.process.settings.var_dir / "photos")
    assert (await person.call("GET", f"/photos/{ref}")).status == 404


async def test_a_disk_that_takes_nothing_is_no_loss(site: Site) -> None:
    """503: what could not be stored is not accepted, and the page tries again."""
    person, folder = site.citizen(), site.process.settings.var_dir / "photos"
    folder.write_text("in the way")
    answer = await person.post(PNG, "/photos")
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.error
    folder.unlink()
    assert (await person.post(PNG, "/photos")).status == 201
