"""What a notebook imports: the study's tables, its run card, figures and findings.

In JupyterLab everything is only displayed. Under ``make report`` the environment variable
``NEWS_PRODUCTS`` names the folder that figures, tables and findings are also written to.
"""

import html
import json
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import HTML, display

from analysis.csvfile import read_csv, write_csv
from analysis.rights import EVIDENCE, TEXT_COLUMNS, share

ROOT = Path(__file__).resolve().parent.parent
FIGURE_FORMATS = ("svg", "png", "pdf")
MOST_GROUPS_IN_BASE = 6
SHORT_CELL = 26


def read_table(path: str | Path) -> pd.DataFrame:
    """A table of a report (``report/tables/NAME.csv``), as it was before it was made safe.

    Text cells that begin with = + - @, a tab or a return are written with one leading apostrophe,
    so that no spreadsheet runs them; here it is taken off again.
    """
    return read_csv(path)


def corpus_path() -> Path:
    """The corpus the notebooks work on: ``NEWS_CORPUS``, or the one that comes along."""
    return Path(os.environ.get("NEWS_CORPUS") or ROOT / "seeds")


def open_study(notebook: str, **parameters: Any) -> "Study":
    """The study as notebook `notebook` sees it; `parameters` are shown on its run card.

    Builds the tables if they are missing or out of date (some seconds the first time).
    """
    built = os.environ.get("NEWS_TABLES")
    folder = Path(built) if built else _build()
    products = os.environ.get("NEWS_PRODUCTS")
    return Study(notebook, folder, Path(products, notebook) if products else None, parameters)


def _build() -> Path:
    """The tables' folder, built where needed by a process of its own, with the corpus's problems.

    Raises RuntimeError with the problems of a corpus that cannot be read.
    """
    command = [sys.executable, "-m", "analysis", "tables", "--corpus", str(corpus_path())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return Path(done.stdout.splitlines()[-1])


class Study:
    """A corpus's tables for one notebook, and the place its results go to."""

    def __init__(
        self, notebook: str, folder: Path, products: Path | None, parameters: dict[str, Any]
    ) -> None:
        self.notebook, self.parameters = notebook, parameters
        self._folder, self._products = folder, products
        self._reads: set[str] = set()
        self._findings: list[dict[str, str]] = []
        self._figures = 0

    # --- reading ---

    def table(self, name: str) -> pd.DataFrame:
        """Table `name` of the study (README and data dictionary list them).

        Raises KeyError naming the tables there are.
        """
        path = self._folder / f"{name}.parquet"
        if not path.is_file():
            names = sorted(p.stem for p in self._folder.glob("*.parquet"))
            raise KeyError(f"no table {name!r}; there are: {', '.join(names)}")
        self._note_read(name)
        frame = pd.read_parquet(path)
        rule = os.environ.get("NEWS_TEXTS", "full")
        if name not in TEXT_COLUMNS or rule == "full":
            return frame
        return share(name, frame, rule, [self._evidence(table) for table in EVIDENCE])

    def _evidence(self, name: str) -> pd.DataFrame:
        self._note_read(name)
        return pd.read_parquet(self._folder / f"{name}.parquet", columns=["doc_id", "sent_id"])

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The corpus's settings (``corpus.yml``)."""
        self._note_read("settings")
        return json.loads((self._folder / "settings.json").read_text("utf-8"))

    def actors(self) -> pd.DataFrame:
        """The entities of ``actors.csv``."""
        return self.table("actors")

    def _note_read(self, name: str) -> None:
        """Keep what this notebook read, so that the next run knows when it is out of date."""
        self._reads.add(name)
        self._write("reads.json", sorted(self._reads))

    def _write(self, name: str, content: Any) -> None:
        if self._products:
            self._products.mkdir(parents=True, exist_ok=True)
            text = json.dumps(content, ensure_ascii=False, indent=1)
            (self._products / name).write_text(text, "utf-8")

    # --- showing ---

    def card(self) -> None:
        """Show what this notebook works on: corpus, size, dates, parameters."""
        documents = self.table("documents")
        published = documents["published"]
        lines = [
            ("Corpus", self.settings["title"]),
            ("Base", self.base()),
            ("Published", f"{published.min()} to {published.max()}"),
            *((name, repr(value)) for name, value in self.parameters.items()),
        ]
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
            for name, value in lines
        )
        _display(f'<div class="study-card"><table>{rows}</table></div>')

    def base(self, by: str = "") -> str:
        """What stands behind a number: articles and words, in all or for each outlet."""
        documents = self.table("documents")
        if by and documents[by].nunique() <= MOST_GROUPS_IN_BASE:
            sizes = documents.groupby(by)["n_tokens"].agg(["size", "sum"])
            parts = [
                f"{name}: {_count(n, 'article')}, {w:,} words" for name, (n, w) in sizes.iterrows()
            ]
            return "; ".join(parts) + "."
        outlets = documents["outlet"].nunique()
        return (
            f"{_count(len(documents), 'article')}, {_count(outlets, 'outlet')}, "
            f"{documents['n_tokens'].sum():,} words (headlines, text, captions, once each)."
        )

    def caution(self, text: str) -> None:
        """Show what the data cannot say, where there is something to say."""
        if text.strip():
            _display(f'<aside class="caveat">{html.escape(text.strip())}</aside>')

    def show(self, frame: pd.DataFrame, name: str, caption: str, rows: int = 20) -> None:
        """Show the first `rows` of a table with a caption; the whole is ``tables/NAME.csv``."""
        if self._products:
            folder = self._products / "tables"
            folder.mkdir(parents=True, exist_ok=True)
            write_csv(frame, folder / f"{name}.csv")
        shown = frame.head(rows)
        cut = f" First {len(shown)} of {len(frame):,} rows." if len(frame) > len(shown) else ""
        body = _html_table(shown)
        _display(
            f'<div class="study-table"><p class="caption">{html.escape(caption)}{cut} '
            f"{self._link(name)}</p>{body}</div>"
        )

    def figure(self, figure: Any, name: str, caption: str, alt: str, data: pd.DataFrame) -> None:
        """Show a figure with its number, caption and alt text; `data` are the numbers drawn."""
        from analysis.figures import image, save

        self._figures += 1
        number = f"Figure {int(self.notebook[:2])}.{self._figures}"
        bundle = {"text/plain": f"{number}. {caption}"}
        metadata = {"image/png": {"alt": alt}}
        if not self._products:
            bundle["image/png"] = image(figure)
        else:
            for folder in ("figures", "tables"):
                (self._products / folder).mkdir(parents=True, exist_ok=True)
            path = self._products / "figures" / name
            save(figure, path)
            bundle["image/png"] = path.with_suffix(".png").read_bytes()
            write_csv(data, self._products / "tables" / f"{name}.csv")
            files = " · ".join(
                f'<a href="../figures/{name}.{kind}">{kind.upper()}</a>' for kind in FIGURE_FORMATS
            )
            bundle["text/html"] = (
                f'<figure class="study-figure" id="{name}">'
                f'<img src="../figures/{name}.svg" alt="{html.escape(alt)}">'
                f"<figcaption><b>{number}.</b> {html.escape(caption)} "
                f'<span class="files">{files} · {self._link(name)}</span></figcaption></figure>'
            )
        display(bundle, raw=True, metadata=metadata)
        if not self._products:
            _display(f"<p><b>{number}.</b> {html.escape(caption)}</p>")

    def finding(self, text: str, figure: str = "") -> None:
        """Show a finding in plain words; the report's first page lists it with its figure."""
        self._findings.append({"text": text, "figure": figure})
        self._write("findings.json", self._findings)
        _display(f'<blockquote class="study-finding">{html.escape(text)}</blockquote>')

    def _link(self, name: str) -> str:
        return f'<a href="../tables/{name}.csv">CSV</a>' if self._products else ""


def _display(markup: str) -> None:
    display(HTML(markup))


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _html_table(frame: pd.DataFrame) -> str:
    """A plain table; numbers to the right, short cells (dates, names) kept on one line."""
    types = pd.api.types
    numeric = [types.is_numeric_dtype(t) and not types.is_bool_dtype(t) for t in frame.dtypes]
    head = "".join(f"<th>{html.escape(str(name))}</th>" for name in frame.columns)
    lines = []
    for row in frame.itertuples(index=False):
        cells = "".join(_html_cell(*cell) for cell in zip(row, numeric, strict=True))
        lines.append(f"<tr>{cells}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _html_cell(value: Any, numeric: bool) -> str:
    if pd.isna(value):
        return "<td></td>"
    text = _number(value) if isinstance(value, float) else str(value)
    kind = "number" if numeric else "short" if len(text) <= SHORT_CELL else "long"
    return f'<td class="{kind}">{html.escape(text)}</td>'


def _number(value: float) -> str:
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
