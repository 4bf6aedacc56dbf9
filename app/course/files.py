"""The files of a lesson's folder: which there are, which may be read, and their text.

Nothing outside the folder is read, whatever links lead there; no file is read beyond a size; and a text comes
with one kind of line end, whichever system wrote it.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MOST_TEXT = 300_000
"""Bytes of a text: ten times the longest lesson of this course."""

MOST_FILES = 2_000
LEFT_BEHIND = re.compile(
    r"\..*|~\$.*|.*~|.*\.(swp|swo|bak|orig|tmp|pyc)|Thumbs\.db|desktop\.ini|__pycache__|__MACOSX",
    re.IGNORECASE,
)
"""What systems, editors and programs leave behind; nobody means it to be of the course."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
DOCUMENTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"%PDF")
"""How files begin that programs for letters and forms save."""

OF_DOCUMENTS = (".docx", ".doc", ".odt", ".rtf", ".pages", ".pdf")
MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
OUTSIDE = "is a link that leads out of the folder; put the file itself here"


class Unreadable(ValueError):
    """A file that is not read; the text says why, `line` where."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


@dataclass(frozen=True)
class Files:
    """What lies in a folder.

    Args:
        folder: the folder.
        paths: every file that may be read, by its name from the folder on.
        refused: names of what may not be read, and why.
    """

    folder: Path
    paths: Mapping[str, Path] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


def is_left_behind(name: str) -> bool:
    """Say whether a file or folder of this name is passed over."""
    return LEFT_BEHIND.fullmatch(name) is not None


def leads_outside(path: Path, root: Path) -> bool:
    """Say whether a path ends outside a folder once its links are followed."""
    try:
        return not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link to itself
        return True


def list_files(folder: Path) -> Files:
    """List a lesson's folder, by names as they are typed (composed, with slashes)."""
    paths: dict[str, Path] = {}
    refused: dict[str, str] = {}
    for path in _walk(folder):
        name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
        if len(paths) + len(refused) == MOST_FILES:
            refused["."] = f"has more than {MOST_FILES:,} files"
            break
        what = _why_refused(path, name, folder)
        if what:
            refused[name] = what
        elif path.is_file():
            paths[name] = path
    return Files(folder, paths, refused)


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_left_behind(name))
        for name in sorted([*names, *(name for name in folders if (Path(where) / name).is_symlink())]):
            if not is_left_behind(name):
                yield Path(where) / name


def _why_refused(path: Path, name: str, folder: Path) -> str | None:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "has a name that is not UTF-8; rename it"
    if path.is_symlink() and not path.exists():
        return "is a link that leads nowhere"
    return OUTSIDE if leads_outside(path, folder) else None


def read_bytes(path: Path, root: Path, most: int) -> bytes:
    """Read a file of a bounded size.

    Args:
        path: the file.
        root: the folder that it must not lead out of.
        most: bytes that it may have.

    Raises:
        Unreadable: it is missing, no plain file, too large, or outside.
    """
    try:
        if leads_outside(path, root):
            raise Unreadable(OUTSIDE)
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable("is no file")
        if about.st_size > most:
            raise Unreadable(f"has {about.st_size:,} bytes; at most {most:,} are read")
        with path.open("rb") as file:
            return file.read(most)
    except FileNotFoundError:
        raise Unreadable(f"is missing{_similar(path)}") from None
    except PermissionError:
        raise Unreadable("may not be read by this user") from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None


def read_text(path: Path, root: Path, most: int = MOST_TEXT) -> str:
    """Read a text: UTF-8, with or without a byte order mark, with line feeds alone at the ends of its lines.

    Raises:
        Unreadable: as `read_bytes`; or it is no such text.
    """
    return decoded(read_bytes(path, root, most))


def decoded(data: bytes) -> str:
    """Take bytes as a text.

    Raises:
        Unreadable: they are not UTF-8, or hold control characters.
    """
    if data.startswith(DOCUMENTS):
        raise Unreadable("is a document of a word processor; save it as plain text, in UTF-8")
    if data[:2] in MARKS:
        raise Unreadable(f"is saved as {MARKS[data[:2]]}; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = with_line_feeds(data[: error.start].decode("latin-1")).count("\n") + 1
        byte = data[error.start]
        raise Unreadable(f"is not UTF-8 (the byte {byte:02X} stands here); save it as UTF-8", line) from None
    text = with_line_feeds(text)
    if found := CONTROL.search(text):
        line = text[: found.start()].count("\n") + 1
        raise Unreadable(f"holds a control character (U+{ord(found[0]):04X}); delete it", line)
    return text


def with_line_feeds(text: str) -> str:
    """End every line with a line feed alone, whichever system wrote it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _similar(path: Path) -> str:
    """Name a file that is probably meant: `Lesson.md`, or `lesson.md.txt` where endings are not shown."""
    try:
        names = [other.name for other in path.parent.iterdir()]
    except OSError:
        return ""
    letter = next(
        (name for name in names if name.lower() in {f"{path.stem}{one}" for one in OF_DOCUMENTS}), None
    )
    if letter:
        return f"; there is {letter!r}: save it as plain text, in UTF-8, called {path.name!r}"
    meant = next((name for name in names if looks_like(name, path.name)), None)
    return f"; there is {meant!r}: rename it to {path.name!r}" if meant else ""


def looks_like(name: str, wanted: str) -> bool:
    """Say whether a file was probably meant to have another name: in other letters, or without an ending."""
    stem = wanted.rpartition(".")[0]
    forms = {wanted, f"{wanted}.txt", f"{stem}.txt", f"{wanted}.md", f"{stem}.markdown"}
    return name != wanted and name.lower() in forms
