"""Plain text files in whatever encoding they were saved."""

import codecs
from pathlib import Path

from analysis.corpus.readers.common import MEGABYTE, check_size, problem

MAX_TEXT = 50 * MEGABYTE
_SAMPLE = 200_000
_WESTERN = ["cp1252", "latin_1"]
_OTHER = ["cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "mac_roman"]
_MIXED = "utf-8 with windows-1252 bytes"
_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _as_windows_bytes(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: bytes that are no UTF-8 stand for windows-1252 characters."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", errors="replace"), error.end


codecs.register_error("windows-1252-bytes", _as_windows_bytes)


def detect_encoding(data: bytes, where: str) -> str:
    """Encoding of the bytes: byte-order mark, UTF-8, UTF-16 by its zeros, else a guess.

    The guess is made by charset-normalizer among a fixed list, so it never varies. A UTF-8 file
    with a few stray Windows bytes is ``utf-8 with windows-1252 bytes``.

    Raises ReaderError for NUL bytes (no text file) and for bytes no listed encoding explains.
    """
    marked = data.startswith(codecs.BOM_UTF8)
    data = data.removeprefix(codecs.BOM_UTF8)
    if data.startswith(_UTF16_BOMS):
        return "utf-16"
    if b"\0" in data:
        return _by_zeros(data, where)
    try:
        data.decode("utf-8")
        return "utf-8-sig" if marked else "utf-8"
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start >= len(data) - 3:
            return _MIXED if error.start > 3 else "cp1252"
    return _MIXED if marked or _mostly_utf8(data) else _guess(data, where)


def table_encoding(path: Path) -> str:
    """Encoding of a table, told by the megabyte: it is never held in memory as bytes and text."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    with path.open("rb") as stream:
        while chunk := stream.read(MEGABYTE):
            try:
                if "\0" not in decoder.decode(chunk):
                    continue
            except UnicodeDecodeError:
                pass
            return detect_encoding(chunk, path.name)
    return "utf-8-sig"


def _by_zeros(data: bytes, where: str) -> str:
    """UTF-16 without its mark has a zero in every second byte, of European text."""
    even, odd = data[0:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0)
    half = max(1, min(len(data), _SAMPLE) // 2)
    if max(even, odd) > 0.3 * half and min(even, odd) < 0.05 * half:
        return "utf-16-le" if odd > even else "utf-16-be"
    row = data.count(b"\n", 0, data.index(b"\0")) + 1
    what = "the file holds NUL bytes: it is no text file, or it is damaged."
    todo = "Open it in the program it comes from and save it as text (UTF-8)."
    raise problem(f"{where}, line {row}", what, todo)


def _mostly_utf8(data: bytes) -> bool:
    """Whether more signs beyond ASCII are right in UTF-8 than bytes are not."""
    beyond = [char for char in data.decode("utf-8", errors="surrogateescape") if char > "\x7f"]
    stray = sum("\udc80" <= char <= "\udcff" for char in beyond)
    return len(beyond) > 2 * stray


def _guess(data: bytes, where: str) -> str:
    from charset_normalizer import from_bytes

    lines = [line for line in data.splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE]
    for candidates in (_WESTERN, _OTHER):
        best = from_bytes(sample, cp_isolation=candidates, threshold=0.2).best()
        if best:
            return best.encoding
    what = "the encoding of this file cannot be told (neither UTF-8, UTF-16 nor a Windows code)."
    raise problem(where, what, "Save it again as UTF-8.")


def codec_of(encoding: str) -> tuple[str, str]:
    """Python's names of an encoding as `detect_encoding` tells it, and of its error handler."""
    if encoding == _MIXED:
        return "utf-8-sig", "windows-1252-bytes"
    return encoding, "strict"


def decode(data: bytes, encoding: str, where: str = "") -> str:
    """Text of the bytes, newlines as ``open()`` gives them, without a byte-order mark."""
    try:
        text = data.decode(*codec_of(encoding))
    except (UnicodeDecodeError, LookupError) as error:
        what = f"the file is not in {encoding}: {error}."
        raise problem(where, what, "Save it again as UTF-8.") from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read_bytes(path: str | Path, limit: int = MAX_TEXT, what: str = "a text file") -> bytes:
    """The bytes of a file that is neither missing, empty nor larger than `limit`."""
    path = Path(path)
    try:
        check_size(path, limit, what)
        return path.read_bytes()
    except OSError as error:
        what = f"the file cannot be opened ({error.strerror or error})."
        raise problem(path.name, what) from error


def read_text(path: str | Path, encoding: str | None = None) -> tuple[str, str]:
    """Text of a file and the encoding it was read in.

    UTF-8 (with or without byte-order mark), UTF-16, or a Windows or Latin code page. Newlines are
    those Python's ``open()`` gives, so offsets into this text can be checked with ``open()``.

    Raises ReaderError when the file is empty, too large, holds NUL bytes or has no known encoding.
    """
    path = Path(path)
    data = read_bytes(path)
    encoding = encoding or detect_encoding(data, path.name)
    text = decode(data, encoding, path.name)
    if "\0" in text:
        raise problem(path.name, "the file holds NUL characters.", "Save it again as text (UTF-8).")
    if not text.strip():
        raise problem(path.name, "the file holds no text.", "Save or copy it again.")
    return text, encoding
