"""What a notebook imports: the study's tables, its run card, figures and findings.

In JupyterLab everything is only displayed. Under ``make report`` the environment variable
``NEWS_PRODUCTS`` names the folder that figures, tables and findings are also written to.
"""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import count, takewhile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from IPython import get_ipython
from IPython.core.pylabtools import select_figure_formats
from IPython.display import HTML, display

from analysis.base import addresses as links
from analysis.base.json_files import load_json
from analysis.base.messages import counted, first_lines, listed_and, nearest
from analysis.base.parameters import parameters_of, plain_values
from analysis.base.rights import EVIDENCE, TEXT_COLUMNS
from analysis.base.safe_csv import read_csv, write_csv
from analysis.show.bibliography import BIBLIOGRAPHY, cited
from analysis.show.latex import is_missing, write_latex
from analysis.show.marks import Mark, boxes_of, figure_targets, labels_of, marks_on
from analysis.show.pages import templates
from analysis.tables.stored import Tables
from analysis.text.language import READ

ROOT = Path(__file__).resolve().parent.parent
FIGURE_FORMATS = ("svg", "png", "pdf")
MOST_GROUPS_IN_BASE = 6
INJECTED = "# Parameters\n"  # how the cell begins that papermill puts behind the parameters


def read_table(path: str | Path) -> pd.DataFrame:
    """A table of a report (``report/tables/NAME.csv`` or ``.parquet``), without what makes it safe.

    Text cells that begin with = + - @, a tab or a return are written with one leading apostrophe,
    so that no spreadsheet runs them; here it is taken off again.
    """
    return pd.read_parquet(path) if Path(path).suffix == ".parquet" else read_csv(path)


def corpus_path() -> Path:
    """The corpus the notebooks work on: ``NEWS_CORPUS``, or that in whose ``notebooks/`` the kernel
    was started, or the one that comes along."""
    here = Path.cwd()
    own = here.name == "notebooks" and (here.parent / "corpus.yml").is_file()
    return Path(os.environ.get("NEWS_CORPUS") or (here.parent if own else ROOT / "seeds"))


def open_study(
    notebook: str,
    corpus: str | Path = "",
    *,
    names: Mapping[str, Any] | None = None,
    **parameters: Any,
) -> "Study":
    """The study as notebook `notebook` sees it; its parameters are shown on its run card.

    `names=globals()` hands over what the notebook's cells have set up to here: `corpus`, and the
    other parameters, which need no list of their own.  Raises ValueError where papermill set one
    that the notebook does not have.  `corpus` is another corpus than the one at hand (see
    `corpus_path`), a folder or an export, looked for in the working folder, then in the project.
    Builds the tables if they are missing or out of date (some seconds the first time).
    """
    parameters = _set_by_cells(names or {}) | parameters
    set_to = parameters.pop("corpus", "")  # a path: it is no part of what is shown
    corpus = corpus or set_to
    built = "" if corpus else os.environ.get("NEWS_TABLES")
    folder = Path(built) if built else _build(_corpus_at(corpus or corpus_path()))
    products = os.environ.get("NEWS_PRODUCTS")
    if shell := get_ipython():
        select_figure_formats(shell, {"png"})  # a figure as last line of a cell is drawn
    return Study(notebook, folder, Path(products, notebook) if products else None, parameters)


def _corpus_at(corpus: str | Path) -> Path:
    """Where a corpus is that a notebook names, wherever its kernel was started."""
    here, project = Path(corpus).absolute(), ROOT / corpus
    return project if project.exists() and not here.exists() else here


def _set_by_cells(names: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters among a notebook's names: what cells of plain values set before the study.

    >>> cells = ["", "most = 3", "study = open_study('my_words', names=globals())"]
    >>> _set_by_cells({"In": cells, "most": 3, "study": None})
    {'most': 3}
    """
    run = takewhile(lambda cell: "open_study(" not in cell, names.get("In", ()))
    cells = [(cell, _plain_names(cell)) for cell in run]
    known = {name for cell, own in cells if not cell.startswith(INJECTED) for name in own}
    for cell, own in cells:
        for name in own - known if cell.startswith(INJECTED) else ():
            todo = _elsewhere(name) or nearest(name, sorted(known))
            raise ValueError(f"unknown parameter {name!r}: {todo}")
    return {name: value for name, value in names.items() if name in known}


def _elsewhere(parameter: str) -> str:
    """Which notebooks of the project have a parameter of this name."""
    have = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        with suppress(SyntaxError, ValueError, AttributeError):  # one that a student is writing
            have += [path.stem] * (parameter in parameters_of(load_json(path).get("cells", [])))
    return f"{listed_and(have)} {'has' if len(have) == 1 else 'have'} it" if have else ""


def _plain_names(cell: str) -> set[str]:
    """The names that a cell sets to plain values, where it does nothing else."""
    try:
        return set(plain_values(cell))
    except (SyntaxError, ValueError, AttributeError):
        return set()


def _build(corpus: Path) -> Path:
    """The tables' folder, built where needed by a process of its own, with the corpus's problems.

    Raises RuntimeError with the (first) problems of a corpus that cannot be read.
    """
    command = [sys.executable, "-m", "analysis", "tables", "--corpus", str(corpus)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(first_lines(done.stderr.strip()))
    return Path(done.stdout.splitlines()[-1])


def report_on(corpus: str | Path) -> None:
    """Run all notebooks on `corpus` and write its report beside it; says what is done and where."""
    corpus = Path(corpus).absolute()
    out = corpus.with_name(f"report-{corpus.name}")
    command = [sys.executable, "-m", "analysis", "report", "--corpus", str(corpus)]
    done = subprocess.run(
        [*command, "--out", str(out)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    print(done.stdout + done.stderr)


class Study:
    """A corpus's tables for one notebook, and the place its results go to."""

    def __init__(
        self, notebook: str, folder: Path, products: Path | None, parameters: dict[str, Any]
    ) -> None:
        self.notebook, self.parameters = notebook, parameters
        self._tables, self._products = Tables(folder), products
        self._reads: set[str] = set()
        self._asked: set[tuple[str, str]] = set()
        self._findings: list[dict[str, str]] = []
        self._figures = 0
        self._is_styled = False

    # --- reading ---

    def table(self, name: str) -> pd.DataFrame:
        """Table `name` of the study (README and data dictionary list them).

        Raises KeyError naming the tables there are.
        """
        rule = os.environ.get("NEWS_TEXTS", "full")
        table = self._tables.shared(name, rule)
        self._note_read(name, *(EVIDENCE if name in TEXT_COLUMNS and rule != "full" else ()))
        return table

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The corpus's settings (``corpus.yml``)."""
        self._note_read("settings")
        return json.loads((self._tables.folder / "settings.json").read_text("utf-8"))

    def actors(self) -> pd.DataFrame:
        """The entities that are counted: of ``actors.csv`` and of the other lists."""
        return self.table("actors")

    @property
    def languages(self) -> str:
        """Codes of the languages of the articles, joined by ``;``."""
        return ";".join(sorted(set(self.table("documents")["language"]) - {""})) or READ

    def _note_read(self, *names: str) -> None:
        """Keep what this notebook read, so that the next run knows when it is out of date."""
        if not self._reads.issuperset(names):
            self._reads.update(names)
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
        published = documents.loc[documents["published"] != "", "published"]
        undated = len(documents) - len(published)
        days = [f"{published.min()} to {published.max()}"] if len(published) else []
        days += [f"{counted(undated, 'article')} without a date"] if undated else []
        lines = [
            ("Corpus", self.settings["title"]),
            ("Base", self.base()),
            ("Published", "; ".join(days)),
            *((name, repr(value)) for name, value in self.parameters.items()),
        ]
        _display("card", self._style(), lines)

    def _style(self) -> str:
        """How tables and boxes look in JupyterLab: once, with the first of them."""
        if self._is_styled:
            return ""
        self._is_styled = True
        return Path(__file__).with_name("notebook.css").read_text("utf-8")

    def base(self, by: str = "") -> str:
        """What stands behind a number: articles and words, in all or for each outlet."""
        documents = self.table("documents")
        documents = documents[documents["counted"]]
        if by and documents[by].nunique() <= MOST_GROUPS_IN_BASE:
            sizes = documents.groupby(by)["n_tokens"].agg(["size", "sum"])
            parts = [
                f"{name}: {counted(n, 'article')}, {w:,} words" for name, (n, w) in sizes.iterrows()
            ]
            return "; ".join(parts) + "."
        outlets = documents["outlet"].nunique()
        return (
            f"{counted(len(documents), 'article')}, {counted(outlets, 'outlet')}, "
            f"{documents['n_tokens'].sum():,} words (headlines, text, captions, once each)."
        )

    def caution(self, text: str) -> None:
        """Show what the data cannot say, where there is something to say."""
        if text.strip():
            _display("caution", text.strip())

    def show(
        self, frame: pd.DataFrame | pd.Series, name: str, caption: str, rows: int = 20
    ) -> None:
        """Show the first `rows` of a table with a caption; the whole is ``tables/NAME.csv``.

        What its rows are called (the index: the groups of a ``groupby``, say) comes first; plain
        row numbers are left out.
        """
        frame = with_index(frame)
        if self._products:
            folder = self._products / "tables"
            folder.mkdir(parents=True, exist_ok=True)
            write_csv(frame, folder / f"{name}.csv")
            write_latex(frame.head(rows), folder / f"{name}.tex", name, caption)
        shown = frame.head(rows)
        cut = f" First {len(shown)} of {len(frame):,} rows." if len(frame) > len(shown) else ""
        leads = [self._row_addresses(row) for row in shown.to_dict("records")]
        kinds = ("csv", "tex") if self._products else ()
        columns, cells = [*shown.columns], _cells(shown, leads)
        _display("table", self._style(), name, caption, cut, kinds, columns, cells)

    def figure(
        self,
        figure: Any,
        name: str,
        caption: str,
        alt: str,
        data: pd.DataFrame | pd.Series,
        cards: pd.DataFrame | None = None,
        note: str = "",
    ) -> None:
        """Show a figure with its number, caption and alt text; `data` are the numbers drawn.

        `figure` may also be the axes that a plot gives back, as ``frame.plot()`` does.  `note`
        stands below its axes: what its numbers rest on.  `cards`
        say what pointing at its parts shows (see `show.named.cards`); the figure is then wide.
        """
        from analysis.show.figures import NARROW, image, noted, save

        figure, data = noted(_figure_of(figure), note), with_index(data)
        if not figure.get_layout_engine() and hasattr(figure, "number"):  # made by pyplot
            figure.set_layout_engine("constrained")
        self._figures += 1
        number = f"Figure {_chapter(self.notebook)}.{self._figures}"
        targets = self._figure_targets(data) if cards is None else {}
        bundle = {"text/plain": f"{number}. {caption}"}
        metadata = {"image/png": {"alt": alt}}
        if not self._products:
            bundle["image/png"] = image(figure)
        else:
            for folder in ("figures", "tables"):
                (self._products / folder).mkdir(parents=True, exist_ok=True)
            path = self._products / "figures" / name
            labels = list(labels_of(figure, targets))
            for label, text, _ in labels:
                text.set_url(targets[label].address)
            self._ask({label: targets[label] for label, _, _ in labels})
            save(figure, path)
            bundle["image/png"] = path.with_suffix(".png").read_bytes()
            write_csv(data, self._products / "tables" / f"{name}.csv")
            bundle["text/html"] = _html(
                "figure", name, number, caption, alt, FIGURE_FORMATS,
                *_marks(marks_on(figure, targets)), figure.get_figwidth() <= NARROW,
            )  # fmt: skip
        if cards is not None:
            parts = self._parts(figure, cards)
            png = "" if self._products else b64encode(bundle["image/png"]).decode("ascii")
            bundle["text/html"] = _html("chart", name, number, caption, alt, png, parts)
        display(bundle, raw=True, metadata=metadata)
        if not self._products and cards is None:
            _display("caption", number, caption)
        if plots := sys.modules.get("matplotlib.pyplot"):
            plots.close(figure)  # or Jupyter shows it again below the cell

    def _parts(self, figure: Any, cards: pd.DataFrame) -> list[tuple[Any, ...]]:
        """What of a figure has a card: its place, the card, the address it leads to."""
        places = cards[["key", "kind", "behind"]].itertuples(index=False)
        targets = {
            key: links.Target.to(kind, behind)
            for key, kind, behind in places
            if behind and self._products
        }
        addresses = self._ask(targets)
        boxes = boxes_of(figure, set(cards["key"]))
        drawn = cards[cards["key"].isin(boxes)]
        return [(boxes[card.key], card, addresses.get(card.key, "")) for card in drawn.itertuples()]

    def finding(self, text: str, figure: str = "") -> None:
        """Show a finding in plain words; a notebook's first stands on the report's first page."""
        self._findings.append({"text": text, "figure": figure})
        self._write("findings.json", self._findings)
        _display("finding", text)

    def references(self, *keys: str) -> None:
        """Show the works of ``notebooks/references.bib`` that have these keys.

        Raises ValueError with a key that is not there and the nearest that is.
        """
        _display("references", cited(BIBLIOGRAPHY.read_text("utf-8"), keys))

    # --- what stands behind the numbers ---

    @cached_property
    def _entities(self) -> dict[str, str]:
        """Id of each entity by its name."""
        actors = self.actors()
        return dict(zip(actors["name"], actors["entity_id"], strict=True))

    def _row_addresses(self, row: dict[str, Any]) -> dict[str, str]:
        """The address that each cell of a row leads to; the report makes a page for each."""
        if not self._products:
            return {}
        entities = self._entities if "entity" in row else {}
        return self._ask(links.row_targets(row, entities))

    def _figure_targets(self, data: pd.DataFrame) -> dict[str, links.Target]:
        if not self._products:
            return {}
        columns = {"entity", "entity_a"} & set(data.columns)
        targets = figure_targets(data, self._entities if columns else {})
        if data.columns[0] == "index" and not targets:  # of a matrix of events
            for event in self.table("events").itertuples():
                target = links.Target.to("events", event.event_id)
                targets[f"{event.date_from} {event.summary}"] = target
        return targets

    def _ask(self, targets: dict[str, links.Target]) -> dict[str, str]:
        before = len(self._asked)
        self._asked |= {(target.kind, target.key) for target in targets.values()}
        if len(self._asked) > before:
            self._write("evidence.json", sorted(self._asked))
        return {name: target.address for name, target in targets.items()}


def _chapter(notebook: str) -> str:
    """The number of a notebook as its figures have it, else its name.

    >>> _chapter("00_start_here"), _chapter("04b_compare_words"), _chapter("my_question")
    ('0', '4b', 'my_question')
    """
    number = re.match(r"0*(\d+(?:[a-z](?=_))?)", notebook)
    return number[1] if number else notebook


def with_index(table: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """A table with what its rows are called as its first columns, its columns named by one text.

    Row numbers are left out: those of a Series from 0 on, of a DataFrame whole numbers without a
    name, as they are left where rows were chosen or sorted.
    """
    if isinstance(table, pd.Series):
        numbered = table.index.name is None and table.index.equals(pd.RangeIndex(len(table)))
        table = table.to_frame("value" if table.name is None else table.name)
    elif isinstance(table, pd.DataFrame):
        index = table.index
        numbered = index.names == [None] and pd.api.types.is_integer_dtype(index)
    else:
        kind = type(table).__name__
        raise TypeError(f"a table is a DataFrame or a Series, not {kind}: pd.DataFrame makes one")
    columns = _unlike(map(_one_text, table.columns))
    table = table.set_axis(columns, axis=1)
    if numbered and len(table.columns):
        return table.reset_index(drop=True)
    levels = table.index.names
    names = ["index" if name is None and len(levels) == 1 else name for name in levels]
    given = (f"level {n}" if name is None else _one_text(name) for n, name in enumerate(names))
    return table.reset_index(names=_unlike(given, columns))


def _one_text(name: Any) -> str:
    """The name of a column; of one under several heads all of them."""
    return " ".join(str(part) for part in name if part != "") if type(name) is tuple else str(name)


def _unlike(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """`names`, each but the first of several equal ones with its number."""
    known, unlike = set(taken), []
    for name in names:
        numbers = (f"{name} ({number})" for number in count(2))
        unique = name if name not in known else next(one for one in numbers if one not in known)
        known.add(unique)
        unlike.append(unique)
    return unlike


def _figure_of(drawn: Any) -> Any:
    """The whole matplotlib figure of what a plot gives back: figure, axes, lines, bars, a grid."""
    from matplotlib.figure import Figure

    one = [*drawn.values()] if isinstance(drawn, dict) else drawn
    while isinstance(one, list | tuple | np.ndarray) and len(one):
        one = one[0]
    figure = getattr(one, "figure", None)
    while figure is not None and not isinstance(figure, Figure):
        figure = figure.figure
    if figure is None:
        raise TypeError(
            f"study.figure shows a matplotlib figure or axes, not {type(drawn).__name__}: begin "
            "with `figure, axes = plt.subplots()`, draw on axes and hand over figure"
        )
    return figure


def _html(part: str, *values: Any) -> str:
    """A part of a notebook's page: a macro of its template, filled with `values`."""
    return str(getattr(templates().get_template("notebook.html").module, part)(*values))


def _display(part: str, *values: Any) -> None:
    display(HTML(_html(part, *values)))


def _marks(marks: list[Mark]) -> tuple[str, list[tuple[str, str]]]:
    """What a figure's marks lead to: for the mouse, with their places, and as a list of links."""
    places = [(*mark.box, mark.address, mark.label) for mark in marks]
    behind = sorted({mark.label: mark.address for mark in marks}.items())
    return json.dumps(places, ensure_ascii=False), behind


class _Cell(NamedTuple):
    """A cell of a table as it is shown; `kind` says how wide it has to be."""

    text: str
    kind: str = ""
    address: str = ""


def _cells(frame: pd.DataFrame, leads: list[dict[str, str]]) -> list[list[_Cell]]:
    """The cells of a table by row; numbers to the right, short texts (dates, names) on one line.

    `leads` gives, for each row, the address that the cell of a column leads to.
    """
    types = pd.api.types
    numeric = {
        name: types.is_numeric_dtype(kind) and not types.is_bool_dtype(kind)
        for name, kind in frame.dtypes.items()
    }
    return [
        [_cell(value, numeric[name], addresses.get(name, "")) for name, value in row.items()]
        for row, addresses in zip(frame.to_dict("records"), leads, strict=True)
    ]


def _cell(value: Any, numeric: bool, address: str) -> _Cell:
    if is_missing(value):
        return _Cell("")
    text = _number(value) if isinstance(value, float) else str(value)
    return _Cell(text, "number" if numeric else links.cell_kind(text), address)


def _number(value: float) -> str:
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
