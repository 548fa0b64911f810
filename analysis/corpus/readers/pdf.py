"""PDF with a text layer: its lines, as they stand on the pages."""

import logging
import re
from pathlib import Path

from analysis.corpus.readers.common import MEGABYTE, ReaderError, check_size, problem

_MAX_PDF = 50 * MEGABYTE
_MAX_PAGES = 500
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad]\n(?=[^\W\d_])")
_ENDS = re.compile(r"[.!?…:]['\"”’»)]*$")


def pdf_text(path: Path, name: str) -> str:
    """The text of a PDF, lines of a paragraph joined.

    Raises ReaderError for what is damaged, protected, too long or a scan without text.
    """
    from pypdf import PdfReader

    check_size(path, _MAX_PDF, "a PDF")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong is told below
    try:
        pages = PdfReader(path).pages
        if len(pages) > _MAX_PAGES:
            what = f"the PDF has {len(pages):,} pages; up to {_MAX_PAGES} are read."
            raise problem(name, what, "Split it, an article a file.")
        text = "\n".join(page.extract_text() for page in pages)
    except ReaderError:
        raise
    except Exception as error:  # pypdf raises many kinds on damaged and protected files
        what = f"the PDF cannot be read ({error or type(error).__name__})."
        raise problem(name, what, "Save it again without a password, or as DOCX.") from error
    if not text.strip():
        what = "the PDF holds pictures of pages, no text."
        raise problem(name, what, "Have its text recognised (OCR) first, or copy it as TXT.")
    return joined_lines(text)


def joined_lines(text: str) -> str:
    """The text with the lines of each paragraph joined, and words divided at their ends.

    A paragraph ends where a line is empty, less than half as long as the longest, or clearly
    shorter and the end of a sentence.

    >>> joined_lines("Quay shut\\n\\nThe quay was shut on Mon-\\nday by the port.\\nRain.\\nMore.")
    'Quay shut\\n\\nThe quay was shut on Monday by the port. Rain.\\n\\nMore.'
    """
    lines = [line.strip() for line in _HYPHEN.sub("", text).split("\n")]
    widest = sorted(map(len, lines))[-max(1, len(lines) // 10)]
    paragraphs, last = [""], 0
    for line in lines:
        is_end = last < (0.8 if _ENDS.search(paragraphs[-1]) else 0.5) * widest
        if not line or is_end:
            paragraphs.append(line)
        else:
            paragraphs[-1] += f" {line}" if paragraphs[-1] else line
        last = len(line)
    return "\n\n".join(filter(None, paragraphs))
