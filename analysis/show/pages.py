"""Pages made from templates: every value is escaped, so that nothing of an article acts."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).with_name("templates")


@cache
def templates(*folders: Path) -> Environment:
    """The templates of these folders, then ours; a value that is not given is an error.

    >>> templates().from_string("<b>{{ word }}</b>").render(word="<i>")
    '<b>&lt;i&gt;</b>'
    """
    return Environment(
        loader=FileSystemLoader([*folders, FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
