"""Files checked against the rules in ``schema_files/``: what is wrong, where, what to do."""

import sys
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from analysis.base.messages import Note, nearest
from analysis.base.yaml_files import Keys, Yaml, YamlError, load_yaml, read_yaml, shown

# jsonschema would for it build a grammar of web addresses at its import, which takes 1.4 s
sys.modules.setdefault("rfc3987_syntax", None)

LONGEST = 60  # characters of a found value that are repeated
_KINDS = {
    "string": "a text",
    "array": "a list",
    "object": "`key: value` lines",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}
_EXAMPLES = {"array": "[first, second]", "object": "key: value", "boolean": "true"}


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The content of ``analysis/base/schema_files/NAME.yml``."""
    return load_yaml((files("analysis.base") / "schema_files" / f"{name}.yml").read_text("utf-8"))


def read_checked(text: str, file: str, schema: dict[str, Any]) -> tuple[Any, list[Note]]:
    """The mapping that a YAML text holds, and everything that is wrong with it.

    Keys without a value are left out, as if they were not there.
    """
    try:
        read = read_yaml(text, file)
    except YamlError as error:
        return {}, [error.note]
    if isinstance(read.value, dict):
        read.value = {key: value for key, value in read.value.items() if value is not None}
    elif read.value is None:
        read.value = {}
    return read.value, [*read.problems, *problems(read, schema, file)]


def problems(read: Yaml, schema: dict[str, Any], file: str) -> list[Note]:
    """Everything in which a file departs from a JSON schema, in the order of its lines.

    A schema may say in ``todo`` what to do about whatever is wrong with the value it describes.
    """
    from jsonschema import Draft202012Validator, FormatChecker

    validator = Draft202012Validator(schema, format_checker=FormatChecker(["regex"]))
    placed = []
    for error in validator.iter_errors(read.value):
        path = tuple(error.absolute_path)
        for place, what, todo in _explained(error, path):
            line = read.line(tuple(k if isinstance(k, int) else str(k) for k in place))
            where = f"{file}, line {line}" + (f", key {shown(place)}" if place else "")
            placed.append((line, Note(where, what, todo)))
    return [note for _, note in sorted(placed, key=lambda pair: pair[0])]


def _explained(error: Any, path: Keys) -> Iterator[tuple[Keys, str, str]]:
    """(path, what, todo) of each thing that an error of jsonschema stands for."""
    rule, schema, value = error.validator, error.schema, error.instance
    todo = schema.get("todo", "")
    if rule == "additionalProperties":
        for key in value:
            if key not in schema.get("properties", {}):
                yield (*path, key), "unknown key", nearest(key, schema["properties"], "known keys")
    elif rule == "propertyNames" or "propertyNames" in error.absolute_schema_path:
        key = value
        allowed = schema.get("enum")
        if not isinstance(key, str):
            yield path, f"the key {short(key)} is {_kind(key)}", f'put it in quotes: "{key}"'
        else:
            yield (*path, key), "unknown key", nearest(key, allowed) if allowed else todo
    elif rule == "required":
        missing = [key for key in error.validator_value if key not in value]
        if error.message.startswith(repr(missing[0])):  # jsonschema tells each key by itself
            yield path, f"lacks {', '.join(missing)}", todo or f"give {', '.join(missing)}"
    else:
        yield (path, *_told(rule, value, error, todo))


def _told(rule: str, value: Any, error: Any, todo: str) -> tuple[str, str]:
    """What is wrong with a single value, and what to do."""
    if rule == "type":
        wanted = error.validator_value
        wanted = wanted if isinstance(wanted, str) else wanted[0]
        return f"{short(value)} is {_kind(value)}", todo or _as(value, wanted)
    if rule == "enum":
        allowed = [str(choice) for choice in error.validator_value if choice]
        return f"{short(value)} is not allowed", nearest(value, allowed, "one of")
    if rule == "format":
        return f"{short(value)} is no regular expression: {error.cause}", todo or "mend it"
    if rule in ("minItems", "minLength"):
        return "empty", todo or "write at least one, or leave the key out"
    return f"{short(value)} is not allowed", todo or error.message


def _as(value: Any, wanted: str) -> str:
    """How to write a value in the form that is wanted."""
    if value is None:
        return f"write {_EXAMPLES.get(wanted, 'a value')}, or leave the key out"
    if wanted == "array" and not isinstance(value, dict | list):
        return f"write [{value}]"
    if wanted == "string" and isinstance(value, bool | int | float):
        return f'put it in quotes: "{value}"'
    kind = _KINDS.get(wanted, wanted)
    return f"write {kind}" + (f", as {_EXAMPLES[wanted]}" if wanted in _EXAMPLES else "")


def _kind(value: Any) -> str:
    for type_, kind in ((bool, "boolean"), (str, "string"), (dict, "object"), (list, "array")):
        if isinstance(value, type_):
            return _KINDS[kind] if kind != "boolean" else "no text (yes and no stand for it)"
    return "empty" if value is None else "a number"


def short(value: Any) -> str:
    """A found value as it is repeated to the user, cut where it is long."""
    text = repr(value) if not isinstance(value, str) else f"‘{value}’"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
