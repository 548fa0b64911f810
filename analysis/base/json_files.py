"""JSON files that we keep: whole or not there; what is damaged counts as not there."""

import json
import os
from pathlib import Path
from typing import Any


def load_json(path: Path, default: Any = None) -> Any:
    """Content of a JSON file; `default` ({} unless given) if it is missing, damaged or another."""
    default = {} if default is None else default
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return default
    return content if isinstance(content, type(default)) else default


def save_json(path: Path, content: Any) -> None:
    """Write a JSON file that is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    # names of files that are no UTF-8 hold half characters, written as JSON escapes them
    temporary.write_text(text + "\n", "utf-8", errors="backslashreplace")
    os.replace(temporary, path)
