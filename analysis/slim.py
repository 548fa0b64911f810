"""A report of many articles stays small: its largest tables are compressed."""

import csv
import gzip
import io
import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path

LIMIT = 19_700_000  # bytes on disk, so that a report with its manifest stays under 20 MB
BLOCK = 4096  # a file takes up whole blocks
LARGE = 100_000  # bytes of a table worth compressing, before those that few open are left out
TOP = 100  # rows of a compressed table that are also there as plain CSV
NOTE = "README.txt"


def slim(report: Path, limit: int = LIMIT) -> list[str]:
    """Compress tables of `report`, largest first, until it takes up `limit` bytes at most.

    Of a compressed table ``NAME.csv.gz`` holds all rows and ``NAME.csv`` the first `TOP`; the
    pages lead to the former.  What is compressed from the start (few open it) is left out before
    the smaller tables are compressed.  Returns what was done, a line each, which is also in
    ``tables/README.txt``.
    """
    tables = report / "tables"
    sizes = {path: _on_disk([path, *path.rglob("*")]) for path in sorted(tables.iterdir())}
    plain = sorted((p for p in sizes if p.is_dir() or p.suffix == ".csv"), key=sizes.get)[::-1]
    large = [path for path in plain if sizes[path] >= LARGE]
    few_open = [path for path in sizes if path.suffix == ".gz"]
    excess = _on_disk(report.rglob("*")) - limit
    lines = []
    for path in dict.fromkeys((*large, *few_open, *plain)):
        if excess > 0 and (line := _leave_out(path) if path in few_open else _compress(path)):
            lines.append(line)
            excess -= sizes[path] - _on_disk([path, _compressed(path)])
    if excess > 0:
        lines.append(f"still {excess / 1e6:.0f} MB too large: pass it on without tables/*.gz")
    if lines:
        text = "With all tables as they are the report would be larger than 20 MB.\n\n"
        (tables / NOTE).write_text(text + "\n".join(lines) + "\n", "utf-8")
        _lead_to_whole(report, [path.stem for path in tables.glob("*.csv.gz")])
    return lines


def _on_disk(paths: Iterable[Path]) -> int:
    return sum(-(-p.stat().st_size // BLOCK) * BLOCK for p in paths if p.is_file())


def _compressed(path: Path) -> Path:
    return path.with_name(f"{path.name}.tar.gz" if path.suffix == "" else f"{path.name}.gz")


def _leave_out(path: Path) -> str:
    path.unlink()
    return f"{path.name} is left out; in a notebook study.table(NAME) has it"


def _compress(path: Path) -> str:
    """Compress a table of more than `TOP` rows, or a folder; returns what was done, if anything."""
    target = _compressed(path)
    if path.is_dir():
        with (
            gzip.GzipFile(target, "wb", mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            for file in sorted(filter(Path.is_file, path.rglob("*"))):
                member = tarfile.TarInfo(file.relative_to(path.parent).as_posix())
                member.size = file.stat().st_size
                archive.addfile(member, io.BytesIO(file.read_bytes()))
        shutil.rmtree(path)
        return f"{path.name}/ is in {target.name}"
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    if len(rows) <= TOP:
        return ""
    target.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows[:TOP]])
    return f"{path.name}: the first {TOP} of {len(rows):,} rows; all are in {target.name}"


def _lead_to_whole(report: Path, names: list[str]) -> None:
    for page in report.rglob("*.html"):
        before = text = page.read_text("utf-8")
        for name in names:
            for quote in "\"'":
                text = text.replace(f"tables/{name}{quote}", f"tables/{name}.gz{quote}")
        if text != before:
            page.write_text(text, "utf-8")
