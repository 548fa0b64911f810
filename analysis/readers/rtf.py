"""RTF, by striprtf: the lines of an export of Factiva, Nexis or LexisNexis."""

from analysis.readers.common import problem


def rtf_lines(text: str, name: str) -> list[str]:
    """The lines of an RTF text. Raises ReaderError when it is damaged."""
    from striprtf.striprtf import rtf_to_text

    try:
        return rtf_to_text(text, errors="replace").replace("\x0c", "\n").split("\n")
    except Exception as error:  # striprtf raises many kinds on damaged files
        what = f"the RTF cannot be read ({error or type(error).__name__})."
        raise problem(name, what, "Export as DOCX or HTML.") from error
