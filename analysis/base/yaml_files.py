"""YAML as users write it: read within bounds, with the line of every value."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from analysis.base.messages import Note

MAX_CHARACTERS, MAX_VALUES, MAX_DEPTH, MAX_DIGITS = 2_000_000, 100_000, 50, 100
ENDLESS = re.compile(rf"[-+]?[\d_:.]{{{MAX_DIGITS}}}")
Keys = tuple[str | int, ...]


class YamlError(ValueError):
    """A text that is not read as YAML; ``note`` says where, why and what to do."""

    def __init__(self, where: str, what: str, todo: str) -> None:
        self.note = Note(where, what, todo)
        super().__init__(str(self.note))


_Fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fast):
    """Days stay texts, as everywhere else in a corpus."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


@dataclass
class Yaml:
    """What a text holds, and the line on which the value at a path of keys begins."""

    value: Any
    lines: dict[Keys, int] = field(default_factory=dict)
    problems: list[Note] = field(default_factory=list)

    def line(self, path: Keys) -> int:
        """The line of the value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load_yaml(text: str) -> Any:
    """The content of a file of ours, as it is; those of users are read by `read_yaml`."""
    return yaml.load(text, Loader=_Fast)


def read_yaml(text: str, file: str) -> Yaml:
    """The one document of `text`, called `file`; ``problems`` are keys told twice and odd numbers.

    Raises YamlError for what is no YAML or more than a person writes: aliases that multiply, lists
    nested deeper than `MAX_DEPTH`, endless numbers, tags.
    """
    if len(text) > MAX_CHARACTERS:
        what = f"more than {MAX_CHARACTERS:,} characters"
        raise YamlError(file, what, "such a file holds settings, not articles: shorten it")
    try:
        _check_bounds(text, file)
        loader = _Loader(text)
        node = loader.get_single_node()
        read = Yaml(None)
        if node is not None:
            for path, line, what in _walk(node, ()):
                read.lines.setdefault(path, line)
                if what:
                    where = f"{file}, line {line}, key {shown(path)}"
                    read.problems.append(Note(where, what, "keep one of them"))
            read.value = loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}, line {mark.line + 1}, column {mark.column + 1}" if mark else file
        what = f"not valid YAML: {getattr(error, 'problem', None) or error}"
        todo = "check indentation, quotes and colons near this place"
        raise YamlError(where, what, todo) from None
    for path in _unusable(read.value, ()):
        where = f"{file}, line {read.line(path)}, key {shown(path)}"
        what = "a number without end, or half a character"
        read.problems.append(Note(where, what, "write a number, or the text in quotes"))
    return read


def shown(path: Keys) -> str:
    """A path of keys in words: dyads: 2: source; items of a list are counted from 1."""
    return ": ".join(str(key + 1 if isinstance(key, int) else key) for key in path)


def _check_bounds(text: str, file: str) -> None:
    """Stop at the first sign of something that would take all time or memory to build."""
    sizes: dict[str, int] = {}
    total, open_ = 0, []  # of what is open: its anchor, and how much came before
    for event in yaml.parse(text, Loader=_Loader):
        where = f"{file}, line {event.start_mark.line + 1}"
        if isinstance(event, yaml.AliasEvent):
            if event.anchor in (anchor for anchor, _ in open_):
                raise YamlError(where, f"*{event.anchor} holds itself", "write the values out")
            total += sizes.get(event.anchor, 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            open_.append((event.anchor, total))
            total += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_.pop()
            sizes[anchor] = total - before
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            sizes[event.anchor] = 1
            if event.implicit[0] and ENDLESS.match(event.value):
                what = f"a number of {len(event.value):,} digits"
                raise YamlError(where, what, "put it in quotes if it is a text")
        if getattr(event, "tag", None) not in (None, "!"):
            raise YamlError(where, f"the tag {event.tag[:40]!r}", "write the value without a tag")
        if len(open_) > MAX_DEPTH:
            what = f"nested more than {MAX_DEPTH} deep"
            raise YamlError(where, what, "close the brackets, or write it flat")
        if total > MAX_VALUES:
            what = f"more than {MAX_VALUES:,} values, those that aliases (*name) repeat included"
            raise YamlError(where, what, "write the values out, without aliases")


def _walk(node: yaml.Node, path: Keys) -> Iterator[tuple[Keys, int, str]]:
    """Path and line of each value of a tree; a complaint where a key comes twice."""
    yield path, node.start_mark.line + 1, ""
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _walk(item, (*path, number))
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            yield (*path, name), key.start_mark.line + 1, "told twice" if name in seen else ""
            seen.add(name)
            yield from _walk(value, (*path, name))


def _unusable(value: Any, path: Keys) -> Iterator[Keys]:
    """Where a value is infinite, no number, or holds half a character."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (_unusable(key, (*path, "key")) if isinstance(key, str) else ())
            yield from _unusable(item, (*path, str(key)))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unusable(item, (*path, number))
    elif (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, str) and re.search("[\ud800-\udfff]", value)
    ):
        yield path
