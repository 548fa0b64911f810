"""Whatever a corpus is made of: refused with the place of every fault, or built."""

from collections import Counter

from hypothesis import HealthCheck, given, seed, settings
from odd_corpora import attempt, corpora


def test_what_check_passes_builds(tmp_path):
    ends = Counter()

    @seed(1)
    @settings(max_examples=6, database=None, suppress_health_check=list(HealthCheck))
    @given(corpora())
    def run(files):
        ends[attempt(files, tmp_path)] += 1

    run()
    assert ends["built"] >= 2 and ends["refused"] >= 2
