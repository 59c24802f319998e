"""Pictures and documents, good and hostile, made by code."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

RED, BLUE = (220, 30, 30), (30, 30, 220)
PLACE = (55.751244, 37.618423)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
BAD_NOTES = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\x00\xff\xff\xff\xff" * 5000
"""Tens of thousands of tags that point nowhere."""
WORDS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACROS_TYPE = "application/vnd.ms-office.vbaProject"
NAMES = (
    "report\u202efdp.exe",
    "\u2066\u2067act\u2069\u200f\ufeff.pdf\x00.html",
    'x"; filename="evil.html',
    "x'; filename*=UTF-8''evil%2ehtml; y=\\\"z",
    "line\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script>",
    "x\u2028Answer by 1 January.\u2029Rating: 5 of 5\x85The end",
    "../../../../etc/passwd",
    "..\\..\\C:\\Windows\\win.ini",
    "<img src=x onerror=alert(1)>.pdf",
    "[id1|The mayor] @all *club1 (City) [x](javascript:alert(1)) &quot;&#60;.pdf",
    "{number} {0} %s %n %(text)s ${x} {{7*7}}.pdf",
    "a.pdf" + " " * 300 + ".exe",
    "я" * 5000 + ".pdf",
    "\U0001f4a3" * 300,
    "e" + "\u0301" * 400 + ".pdf",
    "\ud83d\ud800 half a sign \udfff.pdf",
    "-rf --help.pdf",
    ".",
    "",
)
"""Of files, by people who mean it."""


def picture(format: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **more: Any) -> bytes:
    image = Image.new(mode, size, RED if mode == "RGB" else 0)
    return saved(image, format, **more)


def saved(image: Image.Image, format: str, **more: Any) -> bytes:
    if format == "HEIF":
        pillow_heif.register_heif_opener()
    out = io.BytesIO()
    image.save(out, format, **more)
    return out.getvalue()


def half_and_half(size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def exif(orientation: int = 1, *, place: bool = True) -> bytes:
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010F], notes[0xA431] = "Canary & Sons", "serial-0123"
    if place:
        lat, lon = ((int(part), int(part % 1 * 60), round(part * 60 % 1 * 60, 4)) for part in PLACE)
        notes.get_ifd(0x8825).update({1: "N", 2: lat, 3: "E", 4: lon})
    return notes.tobytes()


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    """Announces any size and holds almost nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def animated(format: str, times: int = 1) -> bytes:
    """Each frame differs from the one before it, so that none of them is left out."""
    frames = [Image.new("RGB", (40, 40), (color[0], n % 256, n // 256)) for n in range(times) for color in (RED, BLUE)]
    frames.append(frames[0])
    return saved(
        frames[0], format, save_all=True, append_images=frames[1:], **{"lossless": True} if format == "WEBP" else {}
    )


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def packed(parts: dict[str, str | bytes], **more: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", more.get("how", zipfile.ZIP_DEFLATED)) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name), content, file.compression)  # of no time: always the same bytes
    return out.getvalue()


def docx(*types: str, **parts: str) -> bytes:
    listed = "".join(f'<Override ContentType="{each}"/>' for each in (WORDS_TYPE, *types))
    return packed({"[Content_Types].xml": f"<Types>{listed}</Types>", "word/document.xml": "<w/>", **parts})


def xlsx() -> bytes:
    return packed({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<x/>"})


def open_document(what: str, **parts: str) -> bytes:
    return packed({"mimetype": f"application/vnd.oasis.opendocument.{what}", "content.xml": "<x/>", **parts})


def zip_bomb() -> bytes:
    """Ten gigabytes of nothing in a few kilobytes: what each part announces is patched, as nobody has so much."""
    bomb = packed({"[Content_Types].xml": "<Types/>", "word/document.xml": bytes(1000)})
    return bomb.replace(struct.pack("<I", 1000), struct.pack("<I", 4_000_000_000))


def ole(*names: str, circles: bool = False) -> bytes:
    """A compound file with these parts: a header, a table of sectors, and a directory of as many as are needed."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HB", len(name) * 2 + 2, 2) + bytes(61)
        for name in ("Root Entry", *names)
    )
    folder = [entries[at : at + 512].ljust(512, b"\0") for at in range(0, len(entries), 512)]
    following = [0xFFFFFFFD, *(n + 2 for n in range(len(folder) - 1)), 1 if circles else 0xFFFFFFFE]
    table = struct.pack("<128I", *following, *[0xFFFFFFFF] * (128 - len(following)))
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 48, 1)
    struct.pack_into("<II", head, 68, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    return bytes(head) + table + b"".join(folder)
