"""RTF of Factiva and Nexis, by striprtf: no real export was at hand to test it on."""

from analysis.readers import factiva, nexis
from analysis.readers.common import Note, ReaderError, Reading


def read(text: str, name: str, date_order: str | None = None) -> Reading:
    """Articles of an RTF export of Nexis (its end lines) or Factiva (its document numbers)."""
    from striprtf.striprtf import rtf_to_text

    try:
        lines = rtf_to_text(text, errors="replace").replace("\x0c", "\n").split("\n")
    except Exception as error:  # striprtf raises many kinds on damaged files
        what = f"the RTF cannot be read ({error or type(error).__name__})."
        raise ReaderError(Note(name, what, "Export as DOCX or HTML.")) from error
    return read_lines([line for line in lines if line.strip()], name, date_order)


def read_lines(lines: list[str], name: str, date_order: str | None = None) -> Reading:
    """The same from lines of text."""
    reading = factiva.read_lines(lines, name, date_order)
    if not reading.documents:
        paragraphs = [nexis.Paragraph(line.strip(" \n\t")) for line in lines if line.strip()]
        reading = nexis.read_paragraphs(paragraphs, name, date_order, "Nexis RTF")
        what = "Nexis RTF: this format was never tested on a real export."
        reading.notes.insert(0, Note(name, what, "Compare some articles with the database."))
    return reading
