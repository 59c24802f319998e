"""Says what kind of document the bytes are, by how they are built. Nothing is unpacked but one small list. Runs only in
the process that is kept apart."""

from __future__ import annotations

import io
import zipfile
from itertools import islice

from bots.files.answers import Refused, Taken
from bots.files.ole import OLE, names

ENTRIES_MOST = 5000
"""Parts of a packed document."""
UNPACKED_MOST = 1024**3
"""Bytes that they may announce together."""
LIST_MOST = 1024 * 1024
"""Bytes of the list of parts, which alone is read."""
_TYPES, _MIME = "[Content_Types].xml", "mimetype"
_OPEN = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_OFFICE = {"word/": "docx", "xl/": "xlsx"}
_OLD = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls"}
_OLD_MACROS = {"Macros", "_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA"}
_MACROS = (b"vbaproject", b"macroenabled", b"macrosheet")
_FOLDERS_OF_MACROS = ("basic/", "scripts/")
_SIGNS = frozenset("\t\n\r\f")


def check(content: bytes, name: str) -> Taken | Refused:
    """`name` decides only whether words are taken for a text: anything may look like one."""
    if content.startswith(b"%PDF-"):
        return _taken("pdf")
    if content.startswith(b"{\\rtf1"):
        return _taken("rtf")
    if content.startswith(OLE):
        return _old(content)
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    if name.lower().endswith(".txt") and _is_text(content):
        return _taken("txt")
    return Refused("document")


def _taken(extension: str) -> Taken:
    return Taken(b"", extension)


def _old(content: bytes) -> Taken | Refused:
    """Word and Excel before 2007."""
    try:
        parts = names(content)
    except ValueError:
        return Refused("document")
    if parts & _OLD_MACROS:
        return Refused("macros")
    found = [extension for part, extension in _OLD.items() if part in parts]
    return _taken(found[0]) if found else Refused("document")


def _packed(content: bytes) -> Taken | Refused:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > ENTRIES_MOST or sum(part.file_size for part in parts) > UNPACKED_MOST:
                return Refused("document")
            if _TYPES in packed.namelist():
                return _office(packed)
            return _open_document(packed)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, KeyError):
        return Refused("document")


def _office(packed: zipfile.ZipFile) -> Taken | Refused:
    """A part with macros may have any name, but the list says what it is."""
    parts = [part.lower() for part in packed.namelist()]
    kinds = _start(packed, _TYPES, LIST_MOST).lower()
    if any(part.endswith("vbaproject.bin") for part in parts) or any(word in kinds for word in _MACROS):
        return Refused("macros")
    found = [ext for folder, ext in _OFFICE.items() if any(part.startswith(folder) for part in parts)]
    return _taken(found[0]) if len(found) == 1 else Refused("document")


def _open_document(packed: zipfile.ZipFile) -> Taken | Refused:
    extension = _OPEN.get(_start(packed, _MIME, 100).strip())
    if extension is None:
        return Refused("document")
    macros = any(part.lower().startswith(_FOLDERS_OF_MACROS) for part in packed.namelist())
    return Refused("macros") if macros else _taken(extension)


def _start(packed: zipfile.ZipFile, part: str, most: int) -> bytes:
    """Raises ValueError where it is longer: what has not been read must not decide."""
    with packed.open(part) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError("Too long.")
    return content


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return bool(words.strip()) and not any(True for _ in islice(filter(_is_control, words), 1))
    return False


def _is_control(sign: str) -> bool:
    return (sign < " " or sign == "\x7f") and sign not in _SIGNS
