"""Photos in a folder, named by the hash of their content: the same photo is kept once, and no name of a person's file
ever reaches the disk."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import filetype

MOST = 10 * 1024 * 1024
"""Bytes of a photo."""
TYPES = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True, slots=True)
class PhotoStore:
    folder: Path

    def save(self, content: bytes) -> str:
        """The SHA-256 in hexadecimal; when it returns, the photo is on the disk."""
        name = hashlib.sha256(content).hexdigest()
        path = self.path(name)
        if path.exists():
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
        _sync(path.parent)
        return name

    def path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def _sync(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def photo_type(content: bytes) -> str | None:
    """By what the bytes begin with, whatever the sender says; None for what we do not take."""
    guessed = filetype.guess_mime(content)
    return guessed if guessed in TYPES else None
