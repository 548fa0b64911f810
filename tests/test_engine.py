"""The same work here and on other processes."""

import os

from analysis.tables.workers import WORKERS, map_parts


def _square(number):
    return number * number, os.getpid()


def test_one_process_does_the_parts_in_order(monkeypatch):
    monkeypatch.setenv(WORKERS, "1")
    done = list(map_parts(_square, iter(range(5)), 5))
    assert done == [(n * n, os.getpid()) for n in range(5)]


def test_processes_of_this_machine_do_every_part_once(monkeypatch):
    monkeypatch.setenv(WORKERS, "2")
    numbers, processes = zip(*map_parts(_square, iter(range(20)), 20), strict=True)
    assert sorted(numbers) == [n * n for n in range(20)]
    assert os.getpid() not in processes
