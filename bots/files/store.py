"""Where the bytes of files lie, named by the hash of their content: the same bytes are kept once, and no name that a
person has given ever reaches the disk. Synchronous: an event loop calls it from a thread."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol


class FileStore(Protocol):
    """Raises OSError where it cannot be reached; what was to be saved is then not accepted."""

    def save(self, content: bytes) -> str:
        """The SHA-256 in hexadecimal; when it returns, the bytes are stored for good."""

    def read(self, name: str) -> bytes:
        """Raises FileNotFoundError."""

    def exists(self, name: str) -> bool: ...

    def delete(self, name: str) -> None:
        """What is not there is deleted already."""


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def place_of(name: str) -> tuple[str, str]:
    """A folder and a name in it: few files in each. Raises ValueError for what is no name of ours."""
    if len(name) != hashlib.sha256().digest_size * 2 or not set(name) <= set("0123456789abcdef"):
        raise ValueError("Not the name of a stored file.")
    return name[:2], name


@dataclass(frozen=True, slots=True)
class FolderStore:
    folder: Path

    def save(self, content: bytes) -> str:
        name = name_of(content)
        path = self._path(name)
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

    def read(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def exists(self, name: str) -> bool:
        return self._path(name).is_file()

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder.joinpath(*place_of(name))


def _sync(folder: Path) -> None:
    """A new name is on the disk only when its folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def in_folder(var_dir: Path) -> FolderStore:
    """Releases before this one called the folder «photos», and one of them may still be running beside us: whatever it
    leaves is taken over at the next start. Any number of processes may do so at once."""
    old, new = var_dir / "photos", var_dir / "files"
    var_dir.mkdir(parents=True, exist_ok=True)
    try:
        old.rename(new)
    except FileNotFoundError:
        pass
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        _take_over(old, new)
    new.mkdir(exist_ok=True)
    return FolderStore(new)


def _take_over(old: Path, new: Path) -> None:
    """The same name holds the same bytes, so that nothing can be replaced by anything else."""
    for path in old.glob("[0-9a-f][0-9a-f]/*"):
        target = new / path.parent.name / path.name
        target.parent.mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # somebody else has moved it meanwhile
            path.replace(target)
