"""What strangers send is looked at apart, comes out as a plain picture or a known document, or is refused."""

from __future__ import annotations

import asyncio
import io
import json
import math
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin, WebPImagePlugin

from bots.files import answers, child, decode, picture
from bots.files.answers import Refused, Taken
from bots.files.decode import Crowded, Decoder, Document
from bots.files.document import check
from bots.files.kinds import MIMES, MOST, NAME_MOST, clean_name, looks_like_photo
from tests import samples

GOOD = {
    "JPEG": samples.picture(),
    "PNG": samples.picture("PNG"),
    "WebP": samples.picture("WEBP"),
    "HEIC": samples.picture("HEIF"),
    "CMYK": samples.picture(mode="CMYK"),
    "grey": samples.picture(mode="L"),
    "black and white": samples.picture("PNG", mode="1"),
    "a palette": samples.picture("PNG", mode="P"),
    "16 bits": samples.picture("PNG", mode="I;16"),
    "animated WebP": samples.animated("WEBP"),
    "a profile": samples.picture(icc_profile=samples.srgb()),
    "a profile that is none": samples.picture(icc_profile=b"\x00\xff" * 5000),
    "a bomb in the notes": samples.picture(exif=samples.BAD_NOTES),
    "1 x 60000": samples.picture("PNG", size=(1, 60000)),
    "one pixel": samples.picture("PNG", size=(1, 1)),
}  # fmt: skip
BAD = {
    "a broken JPEG": (samples.picture(size=(500, 500), quality=95)[:900], "unreadable"),
    "the first bytes of a JPEG": (b"\xff\xd8\xff", "unreadable"),
    "10^9 pixels": (samples.png_of(40_000, 25_000), "pixels"),
    "one pixel more than are taken": (samples.png_of(10_000, 5_001), "pixels"),
    "a side that cannot be": (samples.png_of(2**31 - 1, 1), "pixels"),
    "a PNG without its rows": (samples.png_of(100, 100), "unreadable"),
    "HEIC in name only": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1", "unreadable"),
    "WebP in name only": (b"RIFF\x1a\x00\x00\x00WEBPVP8L" + bytes(30), "unreadable"),
}
NONE = {
    "0 bytes": b"",
    "a text": b"just words",
    "SVG with a script": samples.SVG,
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "GIF": samples.animated("GIF"),
    "TIFF": samples.picture("TIFF"),
    "a zip bomb": samples.zip_bomb(),
    "a program": b"\x7fELF" + bytes(300),
}


def opened(answer: Taken | Refused) -> Image.Image:
    assert isinstance(answer, Taken), answer
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    image.load()
    return image


def like(pixel: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(have - want) < 30 for have, want in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize("name", GOOD)
def test_every_kind_of_picture_comes_out_as_a_plain_jpeg(name: str) -> None:
    image = opened(picture.decode(GOOD[name]))
    assert max(image.size) <= picture.SIDE_MOST
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_or_is_too_large_is_refused_with_its_reason(name: str) -> None:
    content, reason = BAD[name]
    assert picture.decode(content) == Refused(reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
async def test_of_thousands_of_frames_the_first_is_taken_and_no_other_is_looked_at(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by the process that is kept apart, within its limits."""
    many = samples.animated(format, 2500)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    image = opened(await Decoder().photo(many))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert image.size == (40, 40) and like(image.getpixel((20, 20)), (220, 0, 0))
    assert after.ru_utime - before.ru_utime < child.SECONDS / 2
    sought = list[int]()
    for kind in (PngImagePlugin.PngImageFile, WebPImagePlugin.WebPImageFile):
        monkeypatch.setattr(kind, "seek", lambda self, frame: sought.append(frame))
    assert isinstance(picture.decode(many), Taken) and not any(sought)


@pytest.mark.parametrize("name", NONE)
async def test_what_is_no_picture_is_refused_before_anything_looks_at_it(name: str) -> None:
    assert await Decoder(("no-such-program",)).photo(NONE[name]) == Refused("nothing")


def test_the_place_is_read_and_nothing_of_it_stays() -> None:
    for format in ("JPEG", "PNG", "WEBP", "HEIF"):
        taken = picture.decode(samples.picture(format, exif=samples.exif()))
        assert isinstance(taken, Taken)
        assert (taken.lat, taken.lon) == pytest.approx(samples.PLACE, abs=1e-4)
        assert b"Exif" not in taken.content and b"serial-0123" not in taken.content and b"Canary" not in taken.content


def test_a_photo_without_a_place_proposes_none() -> None:
    taken = picture.decode(samples.picture(exif=samples.exif(place=False)))
    assert isinstance(taken, Taken) and taken.lat is None and taken.lon is None


def test_comments_and_what_is_glued_behind_the_picture_are_gone() -> None:
    whole = samples.picture(comment=b"a canary in a comment") + samples.packed({"evil.js": "alert(1)"})
    taken = picture.decode(whole)
    assert isinstance(taken, Taken)
    assert taken.content.endswith(b"\xff\xd9")
    assert b"PK\x03\x04" not in taken.content and b"canary" not in taken.content


def test_a_picture_that_lies_on_its_side_is_put_upright() -> None:
    lying = samples.saved(samples.half_and_half(), "JPEG", exif=samples.exif(6), quality=95)
    image = opened(picture.decode(lying))
    assert image.size == (40, 80)
    assert like(image.getpixel((20, 10)), samples.RED) and like(image.getpixel((20, 70)), samples.BLUE)


def test_what_is_transparent_becomes_white() -> None:
    glass = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    for format in ("PNG", "WEBP"):
        assert like(opened(picture.decode(samples.saved(glass, format))).getpixel((20, 20)), (255, 255, 255))


def test_large_pictures_become_small_and_small_ones_stay_as_large_as_they_are() -> None:
    assert opened(picture.decode(samples.picture(size=(5000, 2500)))).size == (2560, 1280)
    assert opened(picture.decode(samples.picture(size=(60, 40)))).size == (60, 40)


@pytest.mark.parametrize(
    ("size", "shown", "of_it"),
    [((1, 60000), (128, 2560), 1 / 128), ((420, 20), (420, 21), 20 / 21), ((20, 400), (20, 400), 1)],
)
def test_a_strip_gets_margins_where_messengers_would_not_take_it(
    size: tuple[int, int], shown: tuple[int, int], of_it: float
) -> None:
    seen = opened(picture.decode(samples.saved(Image.new("RGB", size), "PNG"))).convert("L")
    assert seen.size == shown
    assert sum(seen.histogram()[:128]) / math.prod(seen.size) == pytest.approx(of_it, abs=0.02)


DOCUMENTS = {
    "pdf": samples.PDF,
    "rtf": rb"{\rtf1\ansi words}",
    "docx": samples.docx(),
    "xlsx": samples.xlsx(),
    "odt": samples.open_document("text"),
    "ods": samples.open_document("spreadsheet"),
    "doc": samples.ole("WordDocument", "1Table"),
    "xls": samples.ole(*(f"part {n}" for n in range(20)), "Workbook"),
    "txt": "Просто слова".encode("cp1251"),
}
NO_DOCUMENTS: dict[str, tuple[bytes, str]] = {
    "a program": (b"MZ\x90\x00" + bytes(200), "document"),
    "a picture": (samples.picture(), "document"),
    "a bare zip": (samples.packed({"a.txt": "words"}), "document"),
    "a zip bomb": (samples.zip_bomb(), "document"),
    "too many parts": (samples.docx(**{f"word/{n}": "" for n in range(5001)}), "document"),
    "a broken zip": (samples.docx()[:100], "document"),
    "a presentation": (samples.packed({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": ""}), "document"),
    "an encrypted one": (samples.ole("EncryptedPackage", "EncryptionInfo"), "document"),
    "a directory in circles": (samples.ole("WordDocument", circles=True), "document"),
    "half a compound file": (samples.ole("WordDocument")[:600], "document"),
    "a compound file's first bytes": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "document"),
    "macros": (samples.docx(**{"word/vbaProject.bin": "x"}), "macros"),
    "macros under another name": (samples.docx(samples.MACROS_TYPE, **{"word/plain.bin": "x"}), "macros"),
    "macros of 2003": (samples.ole("WordDocument", "Macros", "VBA"), "macros"),
    "macros of OpenDocument": (samples.open_document("text", **{"Basic/Standard/x.xml": "x"}), "macros"),
    "a script": (samples.SVG, "document"),
}  # fmt: skip


@pytest.mark.parametrize("extension", DOCUMENTS)
def test_documents_are_known_by_how_they_are_built(extension: str) -> None:
    assert check(DOCUMENTS[extension], "x.txt") == Taken(b"", extension)


@pytest.mark.parametrize("name", NO_DOCUMENTS)
def test_what_is_none_or_could_run_is_refused(name: str) -> None:
    content, reason = NO_DOCUMENTS[name]
    assert check(content, "x.docx") == Refused(reason)  # type: ignore[arg-type]


def test_a_text_has_to_be_called_one_and_hold_words_alone() -> None:
    assert check(b"words", "words.txt") == Taken(b"", "txt")
    for content, name in (
        (b"words", "words.jpg.exe"),
        (b"\x00words", "a.txt"),
        (b"\x1b[2J", "a.txt"),
        (b" \n", "a.txt"),
    ):
        assert check(content, name) == Refused("document")


@pytest.mark.parametrize(
    ("given", "extension", "name"),
    [
        ("Акт осмотра.pdf", "pdf", "Акт осмотра.pdf"),
        ("a.jpg.exe", "pdf", "a.jpg.pdf"),
        ("../../etc/passwd", "txt", "passwd.txt"),
        ("C:\\Users\\x\\Смета.XLS", "xls", "Смета.xls"),
        ("", "pdf", "document.pdf"),
        (".htaccess", "pdf", "htaccess.pdf"),
        ("a\u202ecod.exe", "doc", "acod.doc"),
        ('x"; filename="evil.html', "odt", "x filename= evil.odt"),
        ("line\r\nX-Evil: 1", "pdf", "line X-Evil 1.pdf"),
        ("\ud800.pdf", "pdf", "document.pdf"),
    ],
)
def test_names_are_cleaned_and_end_as_what_they_are(given: str, extension: str, name: str) -> None:
    assert clean_name(given, extension) == name


def test_a_name_of_255_letters_is_cut_and_keeps_its_ending() -> None:
    name = clean_name("я" * 255 + ".docx", "docx")
    assert len(name) == NAME_MOST and name.endswith("яя.docx")
    assert clean_name(name, "docx") == name


# The process that is kept apart


async def test_a_fresh_process_decodes_and_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_S3_SECRET", "canary")
    assert "FILES_S3_SECRET" not in decode.ENVIRONMENT
    decoder = Decoder()
    photo, document, empty = await asyncio.gather(
        decoder.photo(samples.picture(exif=samples.exif())),
        decoder.document(samples.docx(), "Заявление.docx"),
        decoder.document(b"", "nothing.pdf"),
    )
    assert isinstance(photo, Taken) and photo.lat is not None and looks_like_photo(photo.content)
    assert document == Document("Заявление.docx", "docx")
    assert empty == Refused("nothing")


LIMITS = """
import os, resource, sys
from bots.files import child
child.limit()
import json
print(json.dumps({"memory": resource.getrlimit(resource.RLIMIT_AS), "cpu": resource.getrlimit(resource.RLIMIT_CPU),
    "core": resource.getrlimit(resource.RLIMIT_CORE), "files": resource.getrlimit(resource.RLIMIT_FSIZE),
    "open": resource.getrlimit(resource.RLIMIT_NOFILE), "env": sorted(os.environ)}))
"""


async def ran(code: str, *, seconds: float = 10.0) -> bytes:
    return await Decoder((sys.executable, "-E", "-s", "-c", code), seconds)._run("photo", "", b"x")


async def test_the_limits_are_in_force_and_the_environment_is_bare() -> None:
    found = json.loads(await ran(LIMITS))
    assert found["memory"] == [child.MEMORY] * 2 and found["cpu"] == [child.SECONDS] * 2
    assert found["core"] == [0, 0] and found["files"] == [0, 0] and found["open"] == [child.FILES] * 2
    assert set(found["env"]) <= {*decode.ENVIRONMENT, "LC_CTYPE"}  # Python itself adds the last one


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(60)",
        "import os; os.kill(os.getpid(), 9)",
        "raise MemoryError",
        'from bots.files import child; child.limit(); bytearray(2 * 1024**3); print(\'{"extension": "jpg"}\')',
        "print('no answer')",
        "print('[]')",
        'print(\'{"extension": "exe"}\')',
        'print(\'{"refused": "because"}\')',
        "import sys\nwhile True: sys.stdout.buffer.write(bytes(1000000))",
    ],
)
async def test_a_process_that_hangs_dies_or_answers_nonsense_refuses_the_file(code: str) -> None:
    decoder = Decoder((sys.executable, "-E", "-s", "-c", code), 2.0)
    assert await decoder.photo(samples.picture()) == Refused("unreadable")


async def test_whoever_hangs_is_killed_in_time_and_leaves_no_process(tmp_path: Path) -> None:
    code = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    begun = time.monotonic()
    assert await ran(code, seconds=1.0) == b""
    assert time.monotonic() - begun < 10
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_two_are_decoded_at_once_and_a_crowd_is_asked_to_come_back() -> None:
    code = (
        "import sys, time; print(time.monotonic()); sys.stdin.buffer.read(); time.sleep(0.2); print(time.monotonic())"
    )
    decoder = Decoder((sys.executable, "-E", "-s", "-c", code), 20.0)
    asked = [asyncio.create_task(decoder.photo(samples.picture())) for _ in range(decode.WAITING_MOST)]
    await asyncio.sleep(0)  # each has begun, and waits for its turn or its process
    assert decoder._waiting == decode.WAITING_MOST and decoder._turn.locked()
    with pytest.raises(Crowded):
        await decoder.photo(samples.picture())
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    assert decoder._waiting == 0 and not decoder._turn.locked()


async def test_a_file_that_is_too_large_is_not_given_to_anybody() -> None:
    decoder = Decoder(("no-such-program",))
    assert await decoder.photo(samples.picture() + bytes(MOST)) == Refused("size")
    assert await decoder.document(samples.PDF + bytes(MOST), "a.pdf") == Refused("size")


def test_what_the_process_answers_is_trusted_with_nothing() -> None:
    for answer in (Refused("macros"), Taken(b"\xff\xd8\xff", "jpg", 1.5, -2.5), Taken(b"", "docx")):
        assert answers.read(answers.written(answer)) == answer
    assert answers.read(b'{"extension": "pdf", "lat": 91.5, "lon": 1.5}\n') == Taken(b"", "pdf")
    assert set(MIMES) == {"jpg", *DOCUMENTS}
