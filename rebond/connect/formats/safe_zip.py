"""Archives from outside: counted and weighed before anything is read (zip-slip, bombs)."""

import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext_lazy as _

from rebond.connect.errors import ImportRefused

MAX_FILES = 20_000
MAX_TOTAL = 4 << 30
MAX_ONE = 1 << 30
MAX_RATIO = 200
MAX_DIRECTORY = MAX_FILES * 400  # bytes of the list of files, which is read into memory whole
SMALL = 1 << 20  # below this size a high ratio harms nobody


def is_safe_name(name: str) -> bool:
    """Whether the name stays inside the archive's own folder, on every system."""
    plain = name.replace("\\", "/")
    parts = PurePosixPath(plain).parts
    return not (plain.startswith("/") or ":" in plain or "\0" in plain or ".." in parts)


def directory_size(path: Path) -> int:
    """Bytes of the archive's list of files as it says itself, 0 where there is none. Reads its last 64 kB only."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        start = max(0, end - (1 << 16) - 98)
        file.seek(start)
        tail = file.read()
        found = tail.rfind(b"PK\x05\x06")
        if found < 0 or len(tail) < found + 22:
            return 0
        size: int = struct.unpack_from("<L", tail, found + 12)[0]
        if found >= 20 and tail[found - 20 : found - 16] == b"PK\x06\x07":  # a longer record stands before
            at: int = struct.unpack_from("<Q", tail, found - 12)[0]
            file.seek(min(at, end))
            record = file.read(56)
            if len(record) == 56 and record.startswith(b"PK\x06\x06"):
                size = max(size if size != 0xFFFFFFFF else 0, struct.unpack_from("<Q", record, 40)[0])
    return size


def check_directory(path: Path) -> None:
    """Raise ImportRefused where the list of files alone would fill the memory."""
    if directory_size(path) > MAX_DIRECTORY:
        raise ImportRefused(_("This archive holds more than %(limit)s files."), limit=MAX_FILES)


def check_zip(path: Path) -> list[zipfile.ZipInfo]:
    """The archive's files, or ImportRefused where it is damaged, locked, out of its folder, or a bomb.

    `zipfile` never gives more than the size written in the directory, so weighing the directory is enough.
    """
    check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            files = [i for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ImportRefused(_("This archive is damaged.")) from error
    if len(files) > MAX_FILES:
        raise ImportRefused(_("This archive holds more than %(limit)s files."), limit=MAX_FILES)
    if sum(i.file_size for i in files) > MAX_TOTAL:
        raise ImportRefused(_("This archive is too large once opened."))
    for info in files:
        if info.flag_bits & 1:
            raise ImportRefused(_("This archive is locked by a password."))
        if not is_safe_name(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
            raise ImportRefused(
                _("This archive holds a file that points outside of it: “%(name)s”."), name=info.filename[:100]
            )
        if info.file_size > MAX_ONE or (
            info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1)
        ):
            raise ImportRefused(
                _("This archive holds a file that swells beyond measure: “%(name)s”."), name=info.filename[:100]
            )
    return files
