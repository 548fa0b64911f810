"""What a student finds in the cells of the notebooks, counted by reading their code.

    .venv/bin/python benchmarks/notebook_cells.py

By notebook: lines of code, calls into our package, of pandas, matplotlib and NLTK, charts drawn in
the open, and of the figures and tables how many are `counted` in the cell (pandas or NLTK counts,
groups or divides on the way from a table to what is shown), `chosen` (rows of a table, as they are)
and `made` by a function of the package.  Exercises and the cell that finds the project are left
out.
"""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from analysis.report.notebook_files import NOTEBOOKS, Notebook

PANDAS = {
    *(
        "agg",
        "assign",
        "cumsum",
        "drop",
        "drop_duplicates",
        "dropna",
        "explode",
        "fillna",
        "groupby",
    ),
    *("isin", "map", "merge", "nlargest", "nunique", "pivot_table", "query", "reindex", "rename"),
    *("reset_index", "set_index", "sort_values", "stack", "sum", "value_counts", "where"),
}
COUNTS = {
    *("agg", "cumsum", "groupby", "mean", "nunique", "pivot_table", "size", "sum", "value_counts"),
    *("crosstab", "FreqDist", "ConditionalFreqDist", "score_ngrams"),
}
ORIGINS = ("counted", "chosen", "made")
CHOOSE = {"drawn", "without_stopwords", "top_keywords"}  # of the package: rows, as they are


class Step(NamedTuple):
    """A statement: the names it sets, those its values come from, and all calls in it."""

    sets: set[str]
    uses: set[str]
    node: ast.AST


def code_of(notebook: Notebook) -> str:
    """The code of a notebook's own cells."""
    left_out = ("exercise", "colab")
    cells = [c for c in notebook.cells if c["cell_type"] == "code"]
    return "\n".join("".join(c["source"]) for c in cells if not c["id"].startswith(left_out))


def _root(node: ast.AST) -> str:
    """The name that an expression begins with: ``study`` of ``study.table("terms")["n"]``."""
    while not isinstance(node, ast.Name):
        inner = getattr(node, "value", None) or getattr(node, "func", None)
        if inner is None:
            return ""
        node = inner
    return node.id


def _called(node: ast.AST) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")


def _names(node: ast.AST) -> set[str]:
    """The names that a value comes from; what `map` translates by is only how things are called."""
    if isinstance(node, ast.Call) and _called(node.func) == "map":
        return _names(node.func)
    own = {node.id} if isinstance(node, ast.Name) else set()
    return own.union(*map(_names, ast.iter_child_nodes(node)))


def _steps(body: list[ast.stmt]) -> Iterator[Step]:
    for line in body:
        if isinstance(line, ast.If | ast.For):
            yield from _steps([*line.body, *line.orelse])
        elif isinstance(line, ast.FunctionDef):
            yield Step({line.name}, _names(line), line)
        elif isinstance(line, ast.Assign | ast.AugAssign):
            targets = line.targets if isinstance(line, ast.Assign) else [line.target]
            parts = [part for t in targets for part in getattr(t, "elts", [t])]
            yield Step({_root(part) for part in parts}, _names(line.value), line)
        elif isinstance(line, ast.Expr) and isinstance(line.value, ast.Call):
            yield Step({_root(line.value.func)} - {"study"}, _names(line.value), line)


def _made(steps: list[Step], data: ast.AST) -> list[ast.AST]:
    """The statements that `data`, shown after `steps`, comes from, and `data` itself."""
    wanted, way = _names(data) - {"study"}, [data]
    for step in reversed(steps):
        if step.sets & wanted:
            wanted |= step.uses - {"study"}
            way.append(step.node)
    return way


def origin(way: list[ast.AST], package: set[str]) -> str:
    """Whether numbers on the `way` to what is shown are counted, chosen or made."""
    nodes = [node for part in way for node in ast.walk(part)]
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    divided = any(isinstance(getattr(n, "op", None), ast.Div | ast.Mult | ast.Sub) for n in nodes)
    if divided or COUNTS & {_called(func) for func in calls}:
        return "counted"
    ours = [func for func in calls if _root(func) in package and _called(func) not in CHOOSE]
    return "made" if ours else "chosen"


def _names_from(tree: ast.Module) -> tuple[set[str], set[str]]:
    """The names that come from our package, and from NLTK."""
    lines = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    home = {alias.asname or alias.name: line.module for line in lines for alias in line.names}
    ours, nltk = (
        {name for name, module in home.items() if module.split(".")[0] == of}
        for of in ("analysis", "nltk")
    )
    return ours, nltk


def _origins(notebook: Notebook, steps: list[Step], package: set[str]) -> list[str]:
    """Where each figure and table has its numbers from; `made` what controls of ours show."""
    origins = []
    for place, step in enumerate(steps):
        call = getattr(step.node, "value", None)
        name = _called(getattr(call, "func", call))
        if name in ("show", "figure") and _root(call) == "study":
            named = {word.arg: word.value for word in call.keywords}
            data = call.args[0] if name == "show" else (*call.args, named.get("data"))[4]
            origins.append(origin(_made(steps[:place], data), package))
    card = "".join(notebook.cells[0]["source"])
    written = re.findall(r"`\w+`", re.search(r"\*\*Writes\*\* \|(.*)", card)[1])
    return origins + ["made"] * (len(written) - len(origins))


def counts_of(notebook: Notebook) -> dict[str, object]:
    """The row of a notebook."""
    source = code_of(notebook)
    tree = ast.parse(source)
    package, nltk = _names_from(tree)
    steps = list(_steps(tree.body))
    origins = _origins(notebook, steps, package)
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    plots = [func for func in calls if ".plot." in ast.unparse(func)]
    return {
        "notebook": notebook.name.split("_")[0],
        "lines": sum(bool(line.strip()) for line in source.splitlines()),
        "package": sum(_root(func) in package | {"study"} for func in calls),
        "pandas": sum(_root(func) == "pd" or _called(func) in PANDAS for func in calls),
        "matplotlib": sum(_root(func) in ("plt", "axes") for func in calls) + len(plots),
        "nltk": sum(bool(nltk & step.uses) for step in steps),
        "open charts": sum(_called(func) == "subplots" for func in calls) + len(plots),
        **{name: origins.count(name) for name in ORIGINS},
    }


if __name__ == "__main__":
    notebooks = [Notebook(path, path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]
    table = pd.DataFrame(map(counts_of, notebooks)).set_index("notebook")
    table.loc["all"] = table.sum()
    print(table.to_string())
    origins = table.loc["all", [*ORIGINS]]
    print((origins / origins.sum()).map("{:.0%}".format).to_string())
