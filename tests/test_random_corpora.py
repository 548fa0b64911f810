"""Whatever a corpus is made of: refused with the place of every fault, or built."""

from collections import Counter

from corpora import attempt, corpora
from hypothesis import HealthCheck, given, seed, settings


def test_what_check_passes_builds(tmp_path):
    ends = Counter()

    @seed(1)
    @settings(max_examples=10, database=None, suppress_health_check=list(HealthCheck))
    @given(corpora())
    def run(files):
        ends[attempt(files, tmp_path)] += 1

    run()
    assert ends["built"] >= 3 and ends["refused"] >= 3
