"""Keywords of every outlet beside all the others, with p-values and intervals over stories."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.base import wording
from analysis.base.thresholds import MANY_ARTICLES
from analysis.terms import statistics as st
from analysis.terms import story_tests
from analysis.terms.counts import ArticleCounts, article_matrix
from analysis.terms.keywords import keyness

MOST_OUTLETS = 200  # compared, those with most stories
MOST_ROWS = 1_000_000  # of the table: outlets × words; more outlets are compared by fewer words
LOOKS = 30_000_000_000  # multiplications of the first look of the tests; more cost words too
FAIR_WORDS = 500  # kept whatever they cost
BUDGET = 1_000_000_000  # logarithms of the bootstrap; what is more costs rounds
ADDITIONS = 10  # that take as long as a logarithm
FAIR_ROUNDS = 200  # kept whatever they cost
_COLUMNS = [
    *("outlet", "term", "n_outlet", "n_rest", "per_1000_outlet", "per_1000_rest"),
    *("log_likelihood", "log_likelihood_2cell", "chi_squared", "p_value", "p_adjusted"),
    *("p_presence", "p_presence_adjusted", "p_rate", "p_rate_adjusted", "n_deals", "too_rare"),
    *("stories_outlet", "stories_outlet_of", "stories_rest", "stories_rest_of"),
    *("log_ratio", "ci_low", "ci_high", "loo_low", "loo_high", "most_influential"),
    *("percent_diff", "log_odds", "log_odds_z", "doc_freq", "doc_freq_outlet"),
    *("rests_on_one_article", "reason"),
]
_NO_INTERVALS = {
    **dict.fromkeys(("ci_low", "ci_high", "loo_low", "loo_high"), np.nan),
    "most_influential": "",
}


def keyness_by_outlet(
    article_counts: ArticleCounts,
    articles: pd.DataFrame,
    *,
    min_count: int = 3,
    min_docs: int = 1,
    rounds: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Keyness of each outlet against all the others, with intervals by bootstrap over stories.

    Terms are those with `min_count` occurrences in `min_docs` articles of the whole corpus.
    Column `story` of `articles` names the story an article tells: copies of one story count as
    one in every p-value and interval but those of G² (without it each article is a story).
    Columns: outlet, term, n_outlet, n_rest, the measures of `keyness`, and

    p_adjusted: p_value (of G², words as units: far too small where a term comes in clumps) by
        Benjamini & Hochberg over the whole table.
    p_presence, p_rate: as large a share of the stories has the term; the stories' relative
        frequencies have the same mean, both among stories of like length (`story_tests`).
        p_presence_adjusted, p_rate_adjusted: over all that could have p as small.  too_rare: for
        which of the two the term is too rare to test.  n_deals: random deals behind p_rate.
    stories_outlet of stories_outlet_of, stories_rest of stories_rest_of: stories with the term,
        among those that one side alone has.
    ci_low, ci_high: interval of log_ratio; stories are drawn within each outlet.
    loo_low, loo_high, most_influential: below twenty stories in all, the span of log_ratio when
        each story is left out in turn, and (the first article of) the one that moves it most.
    doc_freq, doc_freq_outlet: articles with the term, in all and of the outlet.
    rests_on_one_article: the article, with its copies in the outlet, without which the difference
        is gone or turned round, or which is all there is of the outlet
        (`statistics.decisive_article`).
    reason: why p-values or intervals are empty, and what was left out.

    An outlet without words has no rows.  Of very many outlets those with most stories are compared,
    each with all others, and the most frequent words, in fewer rounds: operations are bounded, and
    `reason` says what was given up.

    >>> counts = pd.DataFrame({"doc_id": ["a", "b"], "term": "rain", "n": [4, 1]})
    >>> articles = pd.DataFrame({"doc_id": ["a", "b"], "outlet": ["Gazette", "Herald"]})
    >>> articles["n_tokens"] = 100
    >>> keyness_by_outlet(counts, articles)[["outlet", "term", "log_ratio"]]
        outlet  term  log_ratio
    0  Gazette  rain        2.0
    1   Herald  rain       -2.0
    """
    matrix, names, sizes = article_matrix(article_counts, articles)
    doc_freq = np.bincount(matrix.indices, minlength=len(names))
    kept = np.flatnonzero((matrix.sum(axis=0) >= min_count) & (doc_freq >= min_docs))
    groups = _Groups.of(articles)
    codes, outlets, story = groups[:3]
    asked = len(kept), rounds
    kept, rounds = _affordable(matrix, kept, len(outlets), rounds)
    names, doc_freq, matrix = names[kept], doc_freq[kept], matrix[:, kept]
    present = matrix.astype(bool).astype(int)
    units = _of_outlets(matrix, sizes, codes, story, articles["doc_id"])
    by_story = story_tests.Stories.of(matrix, sizes, codes, story)
    tested = story_tests.compare(by_story, seed=seed, outlets=len(outlets))
    n_stories = story.max(initial=-1) + 1
    reasons = [
        wording.too_few_stories(*of) for of in zip(tested.of_outlet, tested.of_rest, strict=True)
    ]
    is_resampled = n_stories >= MANY_ARTICLES and not all(reasons)
    if is_resampled:
        intervals = st.bootstrap_log_ratio(
            *(units.counts, units.sizes, units.outlets, rounds, seed, confidence),
            asked=[code for code, reason in enumerate(reasons) if not reason],
        )
    cut = wording.keyness_cut(groups.n_outlets, len(outlets), asked[0], len(kept))
    if n_stories < MANY_ARTICLES:
        resampling = wording.left_out_instead(n_stories)
    else:
        resampling = wording.fewer_rounds(asked[1], rounds) if is_resampled else ""
    tables = []
    for code, outlet in enumerate(outlets):
        is_own, reason = units.outlets == code, reasons[code]
        if not (units.sizes[is_own].any() and units.sizes[~is_own].any()):
            continue
        decisive = st.decisive_article(units.counts, units.sizes, is_own)
        extra = pd.DataFrame(
            {
                "term": names,
                "outlet": outlet,
                "doc_freq": doc_freq,
                "doc_freq_outlet": (codes == code).astype(int) @ present,
                "rests_on_one_article": np.where(decisive < 0, "", units.doc_ids[decisive]),
                **_story_columns(tested, code),
                **_NO_INTERVALS,
            }
        )
        if n_stories < MANY_ARTICLES:
            low, high, influential = _leave_one_out(units.counts, units.sizes, is_own)
            extra["loo_low"], extra["loo_high"] = low, high
            extra["most_influential"] = units.doc_ids[influential]
        elif not reason:
            extra["ci_low"], extra["ci_high"] = intervals[0][code], intervals[1][code]
        table = _beside_the_rest(matrix, sizes, names, codes == code).merge(extra, on="term")
        if reason:
            table["p_value"] = np.nan
        reasons_given = filter(None, [reason, resampling, cut])
        tables.append(table.assign(reason="; ".join(reasons_given)))
    if not tables:
        return pd.DataFrame(columns=_COLUMNS)
    table = pd.concat(tables, ignore_index=True)
    table["p_adjusted"] = st.adjust_p(table["p_value"])
    return table[_COLUMNS]


def _beside_the_rest(
    matrix: sparse.csr_array, sizes: np.ndarray, names: np.ndarray, is_own: np.ndarray
) -> pd.DataFrame:
    """`keyness` of the articles that are `own` against all others."""
    n = is_own.astype(int) @ matrix
    counts = pd.DataFrame({"outlet": n, "rest": matrix.sum(axis=0) - n}, names)
    words = {"outlet": int(sizes[is_own].sum()), "rest": int(sizes[~is_own].sum())}
    table = keyness(counts, "outlet", sizes=words)
    return table.set_axis(
        table.columns.str.replace("target", "outlet").str.replace("reference", "rest"), axis=1
    )


def _affordable(
    matrix: sparse.csr_array, kept: np.ndarray, n_outlets: int, rounds: int
) -> tuple[np.ndarray, int]:
    """The terms of `kept`, and the rounds of resampling, that the budgets allow.

    Given up are first the rarest terms, down to `FAIR_WORDS`, then rounds, down to `FAIR_ROUNDS`.
    """
    frequent = kept[np.argsort(-matrix.sum(axis=0)[kept], kind="stable")]
    cells = np.cumsum(np.bincount(matrix.indices, minlength=matrix.shape[1])[frequent])
    looks = np.searchsorted(n_outlets * story_tests.FIRST * cells, LOOKS, "right")
    words = max(min(int(looks), MOST_ROWS // max(n_outlets, 1)), FAIR_WORDS)
    frequent, cells = frequent[:words], cells[:words]
    cost = n_outlets * len(frequent) + cells.max(initial=0) // ADDITIONS
    affordable = max(BUDGET // max(int(cost), 1), FAIR_ROUNDS)
    return np.sort(frequent), min(rounds, affordable)


class _Units(NamedTuple):
    """What each outlet has of each story, pooled: × terms, words, outlet, first article."""

    counts: sparse.csr_array
    sizes: np.ndarray
    outlets: np.ndarray
    doc_ids: np.ndarray


def _of_outlets(
    matrix: sparse.csr_array,
    sizes: np.ndarray,
    codes: np.ndarray,
    story: np.ndarray,
    doc_ids: pd.Series,
) -> _Units:
    pairs = codes.astype(np.int64) * (story.max(initial=0) + 1) + story
    unit, first = pd.factorize(pairs)[0], ~pd.Series(pairs).duplicated().to_numpy()
    member = sparse.csr_array((np.ones(len(unit), np.int32), (unit, np.arange(len(unit)))))
    doc_ids = doc_ids.astype(object).to_numpy()[first]
    return _Units(sparse.csr_array(member @ matrix), member @ sizes, codes[first], doc_ids)


class _Groups(NamedTuple):
    """Number of each article's outlet, the outlets compared, and the number of its story.

    Outlets that are not compared share the number after the last of those that are.
    """

    codes: np.ndarray
    outlets: list[str]
    story: np.ndarray
    n_outlets: int  # in all

    @classmethod
    def of(cls, articles: pd.DataFrame) -> "_Groups":
        """Compared are `MOST_OUTLETS`, those with most stories."""
        codes, outlets = pd.factorize(articles["outlet"], sort=True)
        story = pd.factorize(articles["story" if "story" in articles else "doc_id"])[0]
        pairs = pd.DataFrame({"outlet": codes, "story": story}).drop_duplicates()
        n_stories = np.bincount(pairs["outlet"], minlength=len(outlets))
        compared = np.sort(np.argsort(-n_stories, kind="stable")[:MOST_OUTLETS])
        number = np.full(len(outlets), len(compared))
        number[compared] = np.arange(len(compared))
        return cls(number[codes], list(outlets[compared]), story, len(outlets))


def _story_columns(tested: story_tests.Tested, code: int) -> dict:
    """The columns of the table that come from the tests, for one outlet."""
    rare = np.where(tested.presence_rare[code], "presence", "").astype(object)
    both = tested.presence_rare[code] & tested.rate_rare[code]
    rare = rare + np.where(both, ";", "") + np.where(tested.rate_rare[code], "rate", "")
    return {
        "p_presence": tested.presence[code],
        "p_presence_adjusted": tested.presence_adjusted[code],
        "p_rate": tested.rate[code],
        "p_rate_adjusted": tested.rate_adjusted[code],
        "n_deals": tested.deals[code],
        "too_rare": rare,
        "stories_outlet": tested.n_outlet[code],
        "stories_outlet_of": tested.of_outlet[code],
        "stories_rest": tested.n_rest[code],
        "stories_rest_of": tested.of_rest[code],
    }


def _leave_one_out(
    matrix: sparse.csr_array, sizes: np.ndarray, is_own: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(lowest, highest log ratio, number of the article that moves it most) of each term."""
    without = st.leave_one_out_log_ratio(matrix, sizes, is_own)
    dense = matrix.toarray()
    whole = st.log_ratio(
        dense[is_own].sum(axis=0),
        dense[~is_own].sum(axis=0),
        sizes[is_own].sum(),
        sizes[~is_own].sum(),
    )
    moved = np.where(np.isnan(without), np.inf, np.abs(without - whole))
    low = np.where(np.isnan(without), np.inf, without).min(axis=0)
    high = np.where(np.isnan(without), -np.inf, without).max(axis=0)
    empty = np.isinf(low)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high), moved.argmax(axis=0)


def false_alarms(
    article_counts: ArticleCounts,
    articles: pd.DataFrame,
    rounds: int = 20,
    seed: int = 0,
    min_count: int = 3,
) -> pd.DataFrame:
    """What each p-value calls a difference where there is none: stories dealt out at random.

    Stories are dealt out to outlets of the sizes these have, and every test is made, corrected and
    read (p_adjusted < 0.05) as in `keyness_by_outlet`.  A row for each test: test (words, presence,
    rate), n_tests (in one deal, those too rare left out), uncorrected (share of them with
    p < 0.05, before correction), words_called (differences found, mean of a deal), deals_with_any
    (share of the deals in which any is), n_deals.  An honest test has any in 0.05 of the deals.
    Of very many words a random choice is tested.  Empty where no outlet has stories enough.

    >>> counts = pd.DataFrame({"doc_id": ["a", "b"], "term": "rain", "n": [4, 1]})
    >>> articles = pd.DataFrame({"doc_id": ["a", "b"], "outlet": ["Gazette", "Herald"]})
    >>> len(false_alarms(counts, articles))
    0
    """
    matrix, _, sizes = article_matrix(article_counts, articles)
    codes, outlets, story, _ = _Groups.of(articles)
    n_outlets, rng = len(outlets), np.random.default_rng(seed)
    kept = np.flatnonzero(matrix.sum(axis=0) >= min_count)
    cells = n_outlets * rounds * matrix[:, kept].nnz * story_tests.FIRST
    if (share := story_tests.BUDGET / max(cells, 1)) < 1:
        kept = np.sort(rng.choice(kept, int(share * len(kept)), replace=False))
    matrix, words = matrix[:, kept], sizes
    first = np.flatnonzero(~pd.Series(story).duplicated().to_numpy())
    groups = int(codes.max(initial=-1)) + 1  # a deal may leave one without a story
    rows = []
    for _ in range(rounds):
        dealt = rng.permutation(codes[first])[story]
        stories = story_tests.Stories.of(matrix, words, dealt, story, groups)
        tested = story_tests.compare(stories, story_tests.BUDGET // rounds, seed, n_outlets)
        possible = ~np.isnan(tested.presence) | tested.presence_rare
        member = sparse.csr_array(
            (np.ones(len(dealt), int), (dealt, np.arange(len(dealt)))), shape=(groups, len(dealt))
        )
        inside = (member @ matrix).toarray()[:n_outlets]
        size = np.bincount(dealt, words, minlength=groups)[:n_outlets, None]
        rest = matrix.sum(axis=0) - inside
        g2 = st.chi_squared_p(st.log_likelihood(inside, rest, size, words.sum() - size))
        g2 = np.where(possible, g2, np.nan)
        tests = {
            "words": (g2, st.adjust_p(g2)),
            "presence": (tested.presence, tested.presence_adjusted),
            "rate": (tested.rate, tested.rate_adjusted),
        }
        for test, (p, adjusted) in tests.items():
            n_tests, called = (~np.isnan(p)).sum(), (adjusted < story_tests.LEVEL).sum()
            below = (p < story_tests.LEVEL).sum() / max(n_tests, 1)
            rows.append((test, n_tests, below, called, float(called > 0), possible.any()))
    columns = ["test", "n_tests", "uncorrected", "words_called", "deals_with_any", "possible"]
    table = pd.DataFrame(rows, columns=columns)
    table = table[table.pop("possible")]
    means = table.groupby("test", sort=False).mean().reset_index()
    return means.assign(n_tests=means["n_tests"].round().astype(int), n_deals=rounds)
