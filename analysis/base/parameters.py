"""The parameters of a notebook: what a cell sets to plain values."""

import ast
from collections.abc import Iterable, Mapping
from typing import Any


def plain_values(source: str) -> dict[str, Any]:
    """The names that a cell sets to plain values, with these.

    Raises SyntaxError, ValueError or AttributeError where the cell does anything else.

    >>> plain_values('corpus = ""  # folder\\nmost: int = 3')
    {'corpus': '', 'most': 3}
    """
    return _values(ast.parse(source).body)


def parameters_of(cells: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the first cell tagged ``parameters`` sets; raises as `plain_values` does.

    What else stands in that cell, an import or a text, is passed over.

    >>> parameters_of([{"metadata": {"tags": ["parameters"]}, "source": ["most = 3"]}])
    {'most': 3}
    """
    tagged = (c["source"] for c in cells if "parameters" in c.get("metadata", {}).get("tags", []))
    lines = ast.parse("".join(next(tagged, ""))).body
    return _values(line for line in lines if isinstance(line, ast.Assign | ast.AnnAssign))


def _values(lines: Iterable[Any]) -> dict[str, Any]:
    def name(line: Any) -> str:
        return (line.target if isinstance(line, ast.AnnAssign) else line.targets[0]).id

    return {name(line): ast.literal_eval(line.value) for line in lines}
