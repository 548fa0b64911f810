"""Sentences that stand in tables: summaries, rules, warnings, what was given up and why.

They are for people to read; no code reads one back.
"""

from collections.abc import Iterable, Mapping
from math import inf

from analysis.base.messages import Note, counted, listed
from analysis.base.thresholds import FEW_ARTICLES

# --- warnings -------------------------------------------------------------------------------


def copies(exact: int, near: int, clusters: int, once: bool) -> Note:
    """Articles that are there more than once, and how they are counted."""
    counting = "each group is counted once" if once else "all are counted"
    kinds = [f"{n:,} {how}" for n, how in ((exact, "word for word"), (near, "nearly")) if n]
    n = exact + near
    what = (
        f"{counted(n, 'article')} {'is a copy of another' if n == 1 else 'are copies of others'} "
        f"({', '.join(kinds)}), in {counted(clusters, 'group')}; {counting}"
    )
    other, effect = ("keep", "them all") if once else ("once", "each group once")
    todo = f"see duplicate_of in documents; `duplicates: {other}` in corpus.yml counts {effect}"
    return Note("articles", what, todo)


def unread(doc_ids: Iterable[str], error: str) -> Note:
    """Articles whose reading failed."""
    what = f"reading failed ({error}): counted as articles, nothing in them is"
    todo = "a fault of this program: tell its makers, or take the article out of the corpus"
    return Note(f"articles {', '.join(doc_ids)}", what, todo)


# --- events and phases ----------------------------------------------------------------------


def merged_because(reasons: Iterable[str], points: float) -> str:
    """Why a report was joined with another of its event."""
    return f"same {', '.join(reasons)} ({points:.1f})"


def phase_rule(
    max_gap: int,
    min_attacks: int,
    min_outlets: int,
    expected: float,
    least_lull: int,
    chosen: bool,
) -> str:
    """The rule by which phases are cut; `expected` attacks part them too, unless infinite."""
    often = (
        f", or in whose days the articles would tell of {expected:.1f} at their average rate "
        f"(and more than {least_lull} days)"
    )
    outlets = f", each told by {min_outlets} outlets" if min_outlets > 1 else ""
    covered = "as chosen in corpus.yml" if chosen else "from what the articles date"
    return (
        f"observed escalation: at least {min_attacks} dated attacks (of those with overlapping "
        "dates the largest number told counts), or a count over a span at that rate, without a "
        f"silence of more than {max_gap} days{often if expected < inf else ''}; observed pause: "
        "between two escalations; declared pause: from a halt or truce that is announced"
        f"{outlets}; told: an unannounced truce, or a report that nothing happened; a pause ends "
        "by a resumption followed by an attack, so many attacks, or a report that it is over, "
        f"unless somebody says of that day or later that it holds; days covered: {covered}"
    )


# --- outlets compared -----------------------------------------------------------------------


def too_few_stories(n_outlet: int, n_rest: int) -> str:
    """Why an outlet has no p-value; empty where it has one."""
    sides = [(n_outlet, "in this outlet"), (n_rest, "in the rest")]
    parts = [f"{n} {where}" for n, where in sides if n < FEW_ARTICLES]
    return f"fewer than five independent stories: {', '.join(parts)}" if parts else ""


def left_out_instead(n_stories: int) -> str:
    """Why no interval is made by resampling."""
    return f"fewer than twenty stories in all ({n_stories}): leave-one-story-out instead"


def keyness_cut(outlets: int, compared: int, words: int, kept: int) -> str:
    """Which of very many outlets and words are compared.

    >>> keyness_cut(3000, 200, 40_000, 5000)
    'of 3,000 outlets the 200 with most stories, of 40,000 words the 5,000 most frequent'
    """
    parts = []
    if compared < outlets:
        parts.append(f"of {outlets:,} outlets the {compared:,} with most stories")
    if kept < words:
        parts.append(f"of {words:,} words the {kept:,} most frequent")
    return ", ".join(parts)


def fewer_rounds(asked: int, kept: int) -> str:
    """That very many outlets and words cost rounds of the bootstrap."""
    return f"intervals from {kept} rounds instead of {asked}" if kept < asked else ""


def not_compared(few: Mapping[str, int], enough: int, compared: int) -> str:
    """Which outlets a comparison leaves out: those of too `few` articles, of too many the last."""
    parts = []
    if compared < enough:
        parts.append(
            f"Of {enough:,} outlets with {FEW_ARTICLES} articles or more the {compared} with most "
            "articles are compared."
        )
    if few:
        those = listed(f"{name} ({n})" for name, n in few.items())
        parts.append(f"Fewer than {FEW_ARTICLES} articles, not compared: {those}.")
    if compared < 2:
        parts.append(
            "How near these outlets stand cannot be told: the distance of two of them could as "
            "well be that of two days or of two events."
        )
    return " ".join(parts)


def comparison_cut(asked: tuple[int, int], kept: tuple[int, int], level: float) -> str:
    """What (rounds, words) a comparison gave up so that it ends; `level` of its p-values."""
    rounds, words = kept
    parts = []
    if words < asked[1]:
        parts.append(f"Compared are the {words:,} most frequent of {asked[1]:,} words.")
    if rounds < asked[0]:
        parts.append(f"So many outlets and words allow {rounds} rounds instead of {asked[0]}.")
    if 1 / (1 + rounds) > level:
        parts.append(f"No p-values: {rounds} rounds cannot give one of {level} or less.")
    return " ".join(parts)
