"""A report of many articles stays small: its largest tables are compressed."""

import csv
import gzip
import shutil
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

LIMIT = 19_500_000  # bytes on disk, so that a report with its manifest stays under 20 MB
BLOCK = 4096  # a file takes up whole blocks
TOP = 100  # rows of a compressed table that are also there as plain CSV
NOTE = "README.txt"


def slim(report: Path, limit: int = LIMIT) -> list[str]:
    """Compress tables of `report`, largest first, until it takes up `limit` bytes at most.

    Of a compressed table ``NAME.csv.gz`` holds all rows and ``NAME.csv`` the first `TOP`; the
    pages lead to the former.  What is compressed from the start is left out if that is not enough.
    Returns what was done, a line each, which is also in ``tables/README.txt``.
    """
    tables = report / "tables"
    few_open = sorted(tables.glob("*.csv.gz"))
    excess = _on_disk(report.rglob("*")) - limit
    lines = []
    for path in sorted(tables.iterdir(), key=lambda p: (-_on_disk([p, *p.rglob("*")]), p.name)):
        if excess <= 0:
            break
        before = _on_disk([path, *path.rglob("*")])
        line = _pack(path) if path.is_dir() else _cut(path) if path.suffix == ".csv" else ""
        if line:
            lines.append(line)
            made = path.with_name(f"{path.name}.gz"), path.with_suffix(".zip")
            excess -= before - _on_disk([path, *made])
    for path in few_open if excess > 0 else ():
        excess -= _on_disk([path])
        path.unlink()
        lines.append(f"{path.name} is left out; in a notebook study.table(NAME) has it")
    if excess > 0:
        lines.append(f"still {excess / 1e6:.0f} MB too large: pass it on without tables/*.gz")
    if lines:
        text = "With all tables as they are the report would be larger than 20 MB.\n\n"
        (tables / NOTE).write_text(text + "\n".join(lines) + "\n", "utf-8")
        _lead_to_whole(report, [path.stem for path in tables.glob("*.csv.gz")])
    return lines


def _on_disk(paths: Iterable[Path]) -> int:
    return sum(-(-p.stat().st_size // BLOCK) * BLOCK for p in paths if p.is_file())


def _pack(folder: Path) -> str:
    """Put the files of a folder into one archive that knows no day."""
    with ZipFile(folder.with_suffix(".zip"), "w", ZIP_DEFLATED) as archive:
        for path in sorted(filter(Path.is_file, folder.rglob("*"))):
            name = path.relative_to(folder).as_posix()
            archive.writestr(ZipInfo(name), path.read_bytes(), ZIP_DEFLATED)
    shutil.rmtree(folder)
    return f"{folder.name}/ is {folder.name}.zip"


def _cut(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    if len(rows) <= TOP:
        return ""
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows[:TOP]])
    return f"{path.name}: the first {TOP} of {len(rows):,} rows; all are in {path.name}.gz"


def _lead_to_whole(report: Path, names: list[str]) -> None:
    for page in report.rglob("*.html"):
        before = text = page.read_text("utf-8")
        for name in names:
            for quote in "\"'":
                text = text.replace(f"tables/{name}{quote}", f"tables/{name}.gz{quote}")
        if text != before:
            page.write_text(text, "utf-8")
