"""Time expressions: what is found, what it is worth, which days it stands for."""

import datetime as dt
import runpy
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.dates.find import find_dates, find_dates_in_range
from analysis.dates.rules import RESOLVERS
from analysis.dates.values import at_unit, duration, holiday, interval, narrow, shift, unit_of
from analysis.lexicons import Lexicon, load

ROOT = Path(__file__).parent.parent
BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "dates.py"))


def values(text, published):
    return [(e.text, e.value) for e in find_dates(text, published)]


def one(text, published="2024-04-24"):
    found = find_dates(text, published)
    assert len(found) == 1, found
    return found[0]


def days(expression):
    return str(expression.date_from), str(expression.date_to)


# --- resolved as a reader does ------------------------------------------------------------------

MONDAY, WEDNESDAY, FRIDAY, SUNDAY = "2024-04-22", "2024-04-24", "2024-02-09", "2020-10-11"


@pytest.mark.parametrize(
    ("published", "text", "surface", "value"),
    [
        (MONDAY, "The navy on Monday announced a blockade.", "Monday", "2024-04-22"),
        (MONDAY, "Shells fell on the port on Sunday night.", "Sunday night", "2024-04-21TNI"),
        (MONDAY, "It has stayed calm since early February.", "early February", "2024-02"),
        (MONDAY, "Last week the envoy left.", "Last week", "2024-W16"),
        (MONDAY, "On 4 February the bridge was blown up.", "4 February", "2024-02-04"),
        (MONDAY, "The jets struck on Friday.", "Friday", "2024-04-19"),
        (WEDNESDAY, "The truce ended this week.", "this week", "2024-W17"),
        (WEDNESDAY, "A convoy was shelled yesterday.", "yesterday", "2024-04-23"),
        (WEDNESDAY, "It began in October last year.", "October last year", "2023-10"),
        (FRIDAY, "A report released Friday blamed both.", "Friday", "2024-02-09"),
        (FRIDAY, "The talks will open this weekend.", "this weekend", "2024-W06-WE"),
        (FRIDAY, "Some 40 raids have been counted since Oct. 17.", "Oct. 17", "2023-10-17"),
        (FRIDAY, "Mourners gathered after the Wednesday strike.", "Wednesday", "2024-02-07"),
        (SUNDAY, "The mayor said on Sunday he was safe.", "Sunday", "2020-10-11"),
        (SUNDAY, "He was jailed in 2014.", "2014", "2014"),
        (SUNDAY, "A photo of Jan. 1, 2020. (Agency)", "Jan. 1, 2020", "2020-01-01"),
        ("2024-07-31", "The war began on Oct. 7.", "Oct. 7", "2023-10-07"),
        ("2024-07-31", "They want the base closed by September.", "September", "2024-09"),
        ("2024-07-31", "A Tuesday strike killed two.", "Tuesday", "2024-07-30"),
    ],
)
def test_news(published, text, surface, value):
    assert values(text, published) == [(surface, value)]


def test_tense_decides_on_weekday_and_month():
    assert one("Ministers will meet on Friday.").value == "2024-04-26"
    assert one("Ministers met on Friday.").value == "2024-04-19"
    assert one("A vote is to be held in September.").value == "2024-09"
    assert one("A vote was held in September.").value == "2023-09"
    assert one("The vote would be held on Monday.").value == "2024-04-29"
    assert one("The day was fixed until Friday.").value == "2024-04-26"
    assert one("The crew vowed to strike on Friday.").value == "2024-04-26"
    assert one("After the Oct. 7 raid").value == "2023-10-07"


def test_a_date_five_times_nearer_is_meant_whatever_the_tense():
    assert one("He was ordered to appear on Jan. 3.", "2024-12-20").value == "2025-01-03"


def test_last_and_next_leave_out_the_day_of_publication():
    assert one("It happened last Wednesday.").value == "2024-04-17"
    assert one("It happened next Wednesday.").value == "2024-05-01"


def test_counted_from_the_last_date_not_from_publication():
    text = "On 17 October 2023 the siege began; two days later the mill burned."
    assert values(text, MONDAY)[1] == ("two days later", "2023-10-19")
    text = "Talks were held in February. The previous month they had failed."
    assert values(text, WEDNESDAY)[1] == ("The previous month", "2024-01")
    text = "The bridge fell on March 3. The next day the army left."
    assert values(text, WEDNESDAY)[1] == ("The next day", "2024-03-04")


def test_counted_from_an_event_is_a_length_of_time():
    found = find_dates("It came on Friday, less than a week after the fleet sailed.", MONDAY)
    assert [(e.type, e.value, e.mod, e.anchor) for e in found] == [
        ("DATE", "2024-04-19", None, "published"),
        ("DURATION", "P1W", "LESS_THAN", "event"),
    ]
    assert found[1].date_from is None and found[1].date_to is None


def test_range_of_months_over_the_new_year():
    text = "It attacked from late October to February."
    assert values(text, "2024-07-31") == [("late October", "2023-10"), ("February", "2024-02")]


def test_a_history_keeps_its_own_years():
    text = (
        "In June 1911 the rebels rose. By December they held the coast. In January they marched"
        " inland. The following year the king fled. The war ended in 1914."
    )
    assert [value for _, value in values(text, "2015-05-05")] == [
        "1911-06",
        "1911-12",
        "1912-01",
        "1913",
        "1914",
    ]


@pytest.mark.parametrize(("kind", "floor"), [("news", 94), ("newswire", 95), ("history", 90)])
def test_kinds_of_text(kind, floor):
    """Invented texts with the values a reader gives them (F1 of values as in TempEval-3)."""
    texts = BENCHMARK["read_marked"](ROOT / "tests" / "data" / "time_expressions.tsv")[kind]
    (*_, value), _ = BENCHMARK["measure"](BENCHMARK["ours"], texts)
    assert value >= floor


@pytest.mark.parametrize("part", ["seen", "unseen"])
def test_kinds_of_expressions(part):
    """Passages in which the year, the tense or the day goes wrong easily."""
    texts = BENCHMARK["read_marked"](ROOT / "benchmarks" / "dates_kinds.tsv")[part]
    (*_, value), _ = BENCHMARK["measure"](BENCHMARK["ours"], texts)
    assert value >= 95


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On May 3, 2019, shells fell on the mill. The owner says that on May 9 it burned.",
         "2019-05-09"),
        ("The ferry, which sank in 1994, was raised on April 2.", "2024-04-02"),
        ("He was charged in the Dec. 9, 1990, bombing of a train. He died on April 2.",
         "2024-04-02"),
        ("The revolt that began in March 2011 goes on. Guards came on February 17.", "2024-02-17"),
        ("The clerk fled in November 2016. He had been warned in August.", "2016-08"),
        ("The mill burned in November 2016. In January it was rebuilt.", "2017-01"),
        ("\"We came in June 2014,\" he said. They met on April 2.", "2024-04-02"),
        ("The mill burned on May 3, 2019.\n\nThe owner met us Monday. He sold it on April 2.",
         "2024-04-02"),
        ("Eleven states voted for a force to guard the coast, with crews arriving Tuesday.",
         "2024-04-23"),
        ("The bakers agreed on Monday to meet on Friday.", "2024-04-26"),
        ("The fair runs until August.", "2024-08"),
        ("He was shot on June 8 last year.", "2023-06-08"),
        ("The tax rose on the 3rd of last month.", "2024-03-03"),
        ("The note is of 9-Feb-07.", "2007-02-09"),
        ("They met on May 4, 6 and 11, 2022.", "2022-05-11"),
        # a year told in passing, and what goes on from none
        ("In March the mayor apologised.  He went to sea in 2003 as a cook but was never a"
         " captain.  On 9 April, his office said so.", "2024-04-09"),
        ("The baker left the party in 2016 but kept the shop. He was fined in February.",
         "2024-02"),
        ("The war broke out in 2011 and has since spread. In March the king sent a fleet.",
         "2024-03"),
        ("The guards came on Monday.\nThe mine closed in April 2022. She spoke of it at her January"
         " hearing.", "2024-01"),
        ("In 2019 the league signed. On Monday night the envoy said so. In January he left.",
         "2024-01"),
        ("On Tuesday the tailor said: he sold the mill in 2008. In February he bought it back.",
         "2024-02"),
        # what is set for a day, and what is undertaken
        ("The league fears September's presidential election.", "2024-09"),
        ("They pressed the king ahead of the elections in October.", "2024-10"),
        ("She urged them to back the bakers in August.", "2024-08"),
        ("The king was asked to leave in January.", "2024-01"),
        ("It was not until 28 January that he wrote.", "2024-01-28"),
        # others
        ("The mill burned in 1968. That August it was rebuilt.", "1968-08"),
        ("Shells fell on the port on Monday. The war began in 2011. The raid began at dawn.",
         "2024-04-22TMO"),
        ("A barge sank on New Year's Day last year.", "2023-01-01"),
        ("It took 40 or so days.", "P40D"),
        ("She had not been back in almost a quarter of a century.", "P25Y"),
        ("Prices in India today are high.", "2024-04-24"),
    ],
)  # fmt: skip
def test_the_last_expression(text, expected):
    assert values(text, WEDNESDAY)[-1][1] == expected


def test_nights_and_hours_before_publication_have_days():
    assert days(one("A barn burned overnight.")) == ("2024-04-23", "2024-04-24")
    assert days(one("A barn burned last night.")) == ("2024-04-23", "2024-04-24")
    assert days(one("Two barns burned in the past 36 hours.")) == ("2024-04-22", "2024-04-24")


def test_a_corpus_adds_time_words():
    lexicon = Lexicon({"dates": {"holidays": {"lantern day": "02-11"}}})
    text = "They met on Lantern Day."
    assert [e.value for e in find_dates(text, MONDAY, lexicon)] == ["2024-02-11"]
    assert find_dates(text, MONDAY) == []


# --- other kinds of text --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The city was sacked in 390 BC.", [("390 BC", "BC0390")]),
        ("The temple was built in AD 70 by slaves.", [("AD 70", "0070")]),
        ("The road dates from the 2nd century BC.", [("the 2nd century BC", "BC01")]),
        ("It was a quarrel of the nineteenth century.", [("the nineteenth century", "18")]),
        ("The late '60s were restless.", [("The late '60s", "196")]),
        ("It raged from 3 to 5 May 1864.", [("3", "1864-05-03"), ("5 May 1864", "1864-05-05")]),
        ("On July 4th, 1776, it was signed.", [("July 4th, 1776", "1776-07-04")]),
        ("The harvest failed in late autumn 1845.", [("late autumn 1845", "1845-FA")]),
        ("The fair is held annually.", [("annually", "P1Y")]),
        ("At 8.30pm the lights went out.", [("8.30pm", "2015-06-17T20:30")]),
        ("The choir sings every Monday.", [("every Monday", "XXXX-WXX-1")]),
        ("The exam is on Friday.", [("Friday", "2015-06-19")]),
        ("Doctors to resume strike on Friday", [("Friday", "2015-06-19")]),
        ("Crowds gathered for Friday's funeral.", [("Friday", "2015-06-12")]),
        ("It had been due to end on Friday.", [("Friday", "2015-06-12")]),
        ("In 1848 he fled. In May of that year he fell.",
         [("1848", "1848"), ("May of that year", "1848-05")]),
        ("It blew up at 10:35 (0735 GMT) Friday.",
         [("10:35", "2015-06-12T10:35"), ("0735 GMT", "2015-06-12T07:35"),
          ("Friday", "2015-06-12")]),
        ("Some 1,995 were killed in 1800 homes and 2000 shops.", []),
        ("About 1500 rebels took 1200 hostages.", []),
        ("Between 1000 and 1200 people fled.", []),
        ("June Park chairs it. April Storm left.", []),
        ("In June Norland fell.", [("June", "2015-06")]),
    ],
)  # fmt: skip
def test_history_timetables_and_numbers(text, expected):
    assert values(text, "2015-06-17") == expected


# --- intervals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in late January", ("2024-01-21", "2024-01-31")),
        ("in early February 2024", ("2024-02-01", "2024-02-10")),
        ("in mid-June 2023", ("2023-06-11", "2023-06-20")),
        ("at the start of the month", ("2024-04-01", "2024-04-10")),
        ("early last week", ("2024-04-15", "2024-04-17")),
        ("earlier this month", ("2024-04-01", "2024-04-24")),
        ("later this year", ("2024-04-24", "2024-12-31")),
        ("over the last three months", ("2024-01-24", "2024-04-24")),
        ("in the second half of June 2023", ("2023-06-16", "2023-06-30")),
        ("the summer of 2012", ("2012-06-01", "2012-08-31")),
        ("in the 1990s", ("1990-01-01", "1999-12-31")),
    ],
)
def test_interval(text, expected):
    assert days(one(text)) == expected


def test_modifiers():
    assert one("in late January").mod == "END"
    assert one("more than four hours").mod == "MORE_THAN"
    assert one("about two weeks").mod == "APPROX"


def test_uncertain_publication_date_widens_the_interval():
    found = find_dates_in_range(
        "They struck on Monday and in 2019.", "2024-04-22", "2024-05-01", "2024-04-24"
    )
    assert [(e.value, *days(e)) for e in found] == [
        ("2024-04-22", "2024-04-22", "2024-04-29"),
        ("2019", "2019-01-01", "2019-12-31"),
    ]


def test_range_must_hold_the_publication_date():
    with pytest.raises(ValueError, match="2024-06-01 is not within"):
        find_dates_in_range("now", "2024-04-22", "2024-05-01", "2024-06-01")


# --- forms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("on May 5, 2024", "DATE", "2024-05-05"),
        ("on 5 May 2024", "DATE", "2024-05-05"),
        ("on the 14th of April 2018", "DATE", "2018-04-14"),
        ("on 2018-04-14", "DATE", "2018-04-14"),
        ("on 10/11/2020", "DATE", "2020-10-11"),
        ("on 10.11.2020", "DATE", "2020-11-10"),
        ("on 10-11-2020", "DATE", "2020-11-10"),
        ("on 22-Jan-2018", "DATE", "2018-01-22"),
        ("on Tue Mar 4 09:12:45 2014", "TIME", "2014-03-04T09:12"),
        ("on 23/10/1998", "DATE", "1998-10-23"),
        ("in the third quarter of 1984", "DATE", "1984-Q3"),
        ("in Q3 2012", "DATE", "2012-Q3"),
        ("in the first half of 2019", "DATE", "2019-H1"),
        ("the '90s", "DATE", "199"),
        ("the 20th century", "DATE", "19"),
        ("the winter of nineteen ninety-four", "DATE", "1994-WI"),
        ("five years ago", "DATE", "2019"),
        ("six weeks ago", "DATE", "2024-W11"),
        ("now", "DATE", "PRESENT_REF"),
        ("recently", "DATE", "PAST_REF"),
        ("in the near future", "DATE", "FUTURE_REF"),
        ("at 10:35 a.m. on 3 May 2023", "TIME", "2023-05-03T10:35"),
        ("5 p.m. Thursday", "TIME", "2024-04-18T17:00"),
        ("on the night of 3 March", "TIME", "2024-03-03TNI"),
        ("a four-day visit", "DURATION", "P4D"),
        ("for 2 1/2 years", "DURATION", "P2Y6M"),
        ("for several months", "DURATION", "PXM"),
        ("half an hour", "DURATION", "PT30M"),
        ("two decades", "DURATION", "P20Y"),
        ("every day", "SET", "P1D"),
        ("daily", "SET", "P1D"),
        ("each Thursday", "SET", "XXXX-WXX-4"),
        ("on Mondays", "SET", "XXXX-WXX-1"),
        ("three times a week", "SET", "P1W"),
    ],
)
def test_types_and_values(text, kind, value):
    first = find_dates(text, WEDNESDAY)[0]
    assert (first.type, first.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "They may march on the capital.",
        "Theresa May spoke.",
        "The sun rose, and the cat sat down on a mat.",
        "Some 2000 troops crossed; 1,950 were paid $1999; 2000 rockets fell on the 2000 men.",
        "The fall of the city was a second blow.",
        "Resolution 1973 was passed for the third time.",
        "A 6-year-old boy, 37 years old at heart.",
        "Three-quarters of the vote",
        "The Sunday Times wrote of Bloody Sunday.",
        "Only 1.5 pm of it was left.",
        "They fear for the future of the league; she finished in 2:17:33.",
        "On the 4 ships 6, 9 and 11 men died.",
        "They dined in Mar-a-Norte; Norland marked its Independence Day. She reads India Today.",
        "",
    ],
)
def test_no_time_expression(text):
    assert find_dates(text, WEDNESDAY) == []


@pytest.mark.parametrize("published", ["yesterday", "2024-13-01", "", None])
def test_bad_publication_date_is_named(published):
    with pytest.raises(ValueError, match=f"published: {published!r}"):
        find_dates("now", published)


def test_published_as_date_or_string():
    text = "They met on Monday."
    assert find_dates(text, dt.date(2024, 4, 24)) == find_dates(text, "2024-04-24")


# --- arithmetic on values -----------------------------------------------------------------------


def test_every_listed_rule_has_a_function_and_every_function_is_listed():
    assert load("dates")["patterns"].keys() == RESOLVERS.keys()


@pytest.mark.parametrize(("year", "easter"), [(1999, "04-04"), (2024, "03-31"), (2038, "04-25")])
def test_easter(year, easter):
    assert str(holiday({"easter": 0}, year)) == f"{year}-{easter}"


def test_moveable_feasts():
    feasts = load("dates")["holidays"]
    assert holiday(feasts["thanksgiving"], 1999) == dt.date(1999, 11, 25)
    assert holiday(feasts["memorial day"], 2024) == dt.date(2024, 5, 27)
    assert holiday(feasts["election day"], 1998) == dt.date(1998, 11, 3)


def test_shift_keeps_the_granularity():
    assert shift("1989-Q3", -1, "Y") == "1988-Q3"
    assert shift("2024-01", -1, "M") == "2023-12"
    assert shift("2024-W01", -1, "W") == "2023-W52"
    assert shift("PAST_REF", 1, "D") is None


def test_durations():
    assert duration(1.5, "MIN") == "PT1M30S"
    assert duration("X", "E") == "PXE"
    assert duration(3, "F") == "P6W"


@given(
    st.dates(dt.date(1000, 1, 1), dt.date(2999, 12, 31)),
    st.sampled_from(["D", "W", "WE", "M", "Q", "H6", "Y", "E", "C"]),
)
def test_a_period_has_its_unit_and_holds_its_day(day, unit):
    value = at_unit(day, unit)
    first, last = interval(value)
    assert unit_of(value) == unit
    assert last >= day
    assert unit == "WE" or first <= day


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 400))
def test_thirds_cover_the_interval(first, length):
    span = (first, first + dt.timedelta(days=length))
    start, middle, end = (narrow(span, mod) for mod in ("START", "MID", "END"))
    assert start[0] == first and end[1] == span[1]
    one_day = dt.timedelta(days=1)
    assert middle[0] <= start[1] + one_day and end[0] <= middle[1] + one_day


# --- any text -----------------------------------------------------------------------------------

WORDS = sorted(w for table in load("dates")["words"].values() for w in map(str, table))
GLUE = ["the", "last", "of", *"a-,.", "’s", "'98", "1990", "31", "7.5", "1/2", "ago", "İ"]
PIECES = st.sampled_from(WORDS + GLUE)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map(" ".join))


@given(TEXTS, st.dates())
def test_any_text(text, published):
    end = 0
    for found in find_dates(text, published):
        assert end <= found.start < found.end
        assert text[found.start : found.end] == found.text == found.text.strip()
        assert found.type in {"DATE", "TIME", "DURATION", "SET"}
        assert (found.date_from is None) == (found.date_to is None)
        assert found.date_from is None or found.date_from <= found.date_to
        end = found.end


@pytest.mark.parametrize(
    "piece", ["1", "the ", "last ", "two ", "1990-", "May ", "a.m. ", "\n", "İ", "on Monday "]
)
def test_time_is_linear(piece):
    def seconds(size):
        text = piece * (size // len(piece))
        start = time.process_time()
        find_dates(text, "2024-04-24")
        return time.process_time() - start

    find_dates("on Monday", "2024-04-24")
    assert seconds(80_000) < 20 * seconds(8_000) + 1  # in time squared: many seconds


@pytest.mark.parametrize("text", ["h3 on Monday", "a1s in May", "'9x' of 2024", "x1/2 in May"])
def test_names_with_digits_are_no_numbers(text):
    assert find_dates(text, "2024-05-06")
