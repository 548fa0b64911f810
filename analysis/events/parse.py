"""A sentence cut up once: tokens, clauses, the lexicon's phrases, verb groups, noun phrases.

No full parser: a clause begins at punctuation or a conjunction; noun phrases end at punctuation,
prepositions, auxiliaries and the next verb of the lexicon.  All positions are numbers of tokens; a
`Span` is a half-open range of them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from analysis.events.phrases import Hit, PhraseFinder, is_titled
from analysis.events.vocabulary import vocabulary
from analysis.lexicons import OURS, Lexicon

Span = tuple[int, int]

MAX_TOKENS = 400
DONE = {"ASSAULT", "COERCE", "MOBILIZE"}  # hostile acts, more than words
_FARTHEST = 12  # tokens of a noun phrase
_ASIDE = 5  # words between a preposition and the noun of an act that it leads to
_TOKEN = re.compile(
    r"(\s{0,9}+)([A-Za-z]++(?![\w.'’-])|[A-Za-z]+(?=n['’]t\b)|n['’]t\b|['’]s\b|\d[\d.,]*\d(?!\w)|(?:[A-Z]\.)+[A-Z]?"
    r"|[^\W_]+(?:[-'’](?!s\b)[^\W_]+)*|[,;:()\"“”—–])"
)
_MONTHS = frozenset(["May", "March", "Will"])  # as names they are written with a capital
_SPELLINGS = (("’", "'"), ("cease-fire", "ceasefire"), ("air-strike", "airstrike"))


class VerbGroup(NamedTuple):
    """The verb of a phrase with what stands before it: "would not have | attacked"."""

    begin: int  # its first token
    verb: int
    word: str  # the verb
    before: str  # the word before the group
    words: frozenset[str]  # its auxiliaries and adverbs
    governor: str | None  # the word an infinitive depends on: "plans | to attack"

    @property
    def gerund(self) -> bool:
        return self.word.endswith("ing")


class Parse:
    """The parts of a sentence of at most 400 tokens; what is longer is cut."""

    def __init__(self, text: str, lexicon: Lexicon = OURS) -> None:
        self.text = text
        self.known = vocabulary(lexicon)
        self.lists = self.known.lists
        pieces = _TOKEN.split(text, MAX_TOKENS)  # what is no token, white space, a token, and so on
        tokens = pieces[2::3]
        ends = list(accumulate(map(len, pieces)))
        self.starts, self.ends = ends[1::3], ends[2::3]  # offsets of each token
        self.words = _lower(tokens)
        self.capitals = [t[0].isupper() or t[:3] in {"al-", "el-"} for t in tokens]
        begins = self.lists["clause begins"]
        starts = [i for i, w in enumerate(self.words) if w in begins and not self._before_dawn(i)]
        self.clauses = [0, *starts, len(self.words)]
        self.hits: list[Hit] = PhraseFinder(self.words, self.capitals, self.known).find()
        self.verbs = frozenset([hit.first for hit in self.hits if hit.phrase.verbal])

    def _before_dawn(self, i: int) -> bool:
        """A time of day, no clause: "before | dawn"."""
        return not self.lists["part_of_day"].isdisjoint(self.words[i + 1 : i + 2])

    @cached_property
    def is_headline(self) -> bool:
        """Whether no full stop or quotation mark ends it, or its words have capitals."""
        return self.text.rstrip()[-1:].isalnum() or is_titled(self.words, self.capitals)

    @cached_property
    def asks(self) -> bool:
        """Whether it asks if something is so: "Did anybody | stop shooting?"."""
        asked = self.words[:1] and self.any_list(self.words[0], ("verb_group", "conditional"))
        return bool(asked) and self.text.rstrip("”\"' ").endswith("?")

    @cached_property
    def is_labour(self) -> bool:
        """Whether it tells of workers and their pay, and of no arms."""
        words = self.words
        return not self.lists["labour"].isdisjoint(words) and self.lists["arms"].isdisjoint(words)

    @cached_property
    def is_accident(self) -> bool:
        """Whether it tells of a vehicle that hit something, and of no arms."""
        words, lists = self.words, self.lists
        vehicle = not (lists["vehicles"].isdisjoint(words) or lists["collided"].isdisjoint(words))
        if vehicle and (lists["arms"] - lists["dead"]).isdisjoint(words):
            return True
        crash = not (lists["collided"] - {"hit"}).isdisjoint(words)
        return crash and (lists["weapons"] | {"down"}).isdisjoint(words)

    def any_list(self, word: str, names: Iterable[str]) -> bool:
        """Whether a word stands in one of the lists."""
        return any(word in self.lists[name] for name in names)

    def clause_of(self, i: int) -> Span:
        """First token and end of the clause of token `i`."""
        n = bisect_right(self.clauses, i)
        return self.clauses[n - 1], self.clauses[n]

    def group(self, hit: Hit) -> VerbGroup:
        """The verb group of a phrase; of a noun it is the noun alone."""
        if hit.phrase.verbal:
            return self.group_of(hit.first)
        before = self.words[hit.first - 1] if hit.first else ""
        return VerbGroup(hit.first, hit.first, self.words[hit.first], before, frozenset(), None)

    def group_of(self, verb: int) -> VerbGroup:
        """The verb at a token with the auxiliaries and adverbs before it."""
        i, words, inside = verb, self.words, self.lists["verb_group"]
        while i and (words[i - 1] in inside or words[i - 1][-2:] == "ly" or self._is_each(i - 1)):
            i -= 1
        i += words[i] == "since" and words[verb].endswith("ing")  # "since | launching"
        before = words[i - 1] if i else ""
        infinitive = i < verb and words[verb - 1] == "to"
        governor = self._before_day(i) if infinitive else None
        return VerbGroup(i, verb, words[verb], before, frozenset(words[i:verb]), governor)

    def _is_each(self, i: int) -> bool:
        """ "Will | each | hold their fire"."""
        return i > 0 and self.words[i] == "each" and self.words[i - 1] in self.lists["verb_group"]

    def _before_day(self, i: int) -> str:
        """The word before a token, a day between them skipped: "voted | on Sunday | to expel"."""
        k = i - 1
        if k > 1 and self.words[k] in self.lists["calendar"]:
            k -= 1 + (self.words[k - 1] in self.lists["before_place"] | {"on", "late", "last"})
        return self.words[k] if k >= 0 else ""

    def caused(self, group: VerbGroup) -> Span | None:
        """Who does what something else makes them do: "prompted | the rebels | to stop"."""
        start = self.clause_of(group.begin)[0]
        makers = [i for i in range(start, group.begin) if self.words[i] in self.lists["causative"]]
        infinitive = group.governor is not None and makers
        return (
            self.object_from(makers[-1] + 1)
            if infinitive and makers[-1] + 1 < group.begin
            else None
        )

    # --- noun phrases -----------------------------------------------------------------------------

    def subject(self, begin: int) -> Span | None:
        """The noun phrase before the verb group at `begin`; an insertion by commas is skipped."""
        words, end = self.words, self._first_of_conjoined(begin)
        before = words[end - 1] if end else ""
        if before in {"the", "a", "an"}:
            return None  # "the | sacking of"
        if before in {",", "by"} and words[begin].endswith("ing"):
            return self._main_subject(end - 1)
        if before in self.lists["subjects"]:
            return end - 1, end
        if verb := self._verb_that_shares(begin, end - 1):
            return self.subject(verb)
        if antecedent := self._over_relative(end):
            end = antecedent
        relative = before in self.lists["relatives"]
        end -= relative or before == "and"
        end = self._before_insertion(end, relative)
        narrow = relative or words[begin].endswith("ing")  # "in response to Belmar | bombing"
        start, end = self._phrase_before(end, narrow)
        start = self._list_begin(self._after_circumstance(start, end), end)
        start += start < end and words[start] == "and"
        while end > start + 1 and self._is_other_verb(end - 1, start):
            end -= 1  # "the parliament | voted | to expel"
        return (start, end) if start < end else None

    def _over_relative(self, end: int) -> int | None:
        """Where the subject ends in "militants | who had crossed the river | killed"."""
        first = self.clause_of(end - 1)[0] if end else 0
        if not first or self.words[first] not in self.lists["relatives"] or self._is_said(first):
            return None
        own = range(first + 1, end - 1)
        finite = self.lists["be"] | {"had", "has", "have"}
        told = any(self.words[v] in finite or self.is_finite(v, first) for v in own)
        return first if told and self.words[end - 1] not in {",", "and"} else None

    def _is_said(self, that: int) -> bool:
        """ "Told the council | that militants from the north | fired"."""
        before = self.words[self.clause_of(that - 1)[0] : that]
        return self.words[that] == "that" and not self.lists["reporting"].isdisjoint(before)

    def _main_subject(self, comma: int) -> Span | None:
        """ "The army left the town, | blaming the rebels": the subject before the comma."""
        start = self.clause_of(comma)[0]
        start += self.words[start] in self.lists["clause begins"]
        if finite := self._verbs_before(comma):
            return self.subject(self.group_of(min(finite)).begin)
        return self.object_from(self._after_circumstance(start, comma))

    def _verb_that_shares(self, begin: int, at: int) -> int | None:
        """The group of another verb that has the same subject, by the word before."""
        if self.words[begin].endswith("ing"):
            return self._main_verb(at)
        finite = self._verbs_before(at) if self.words[at] == "," else []
        return self.group_of(min(finite)).begin if finite else None  # "took a post, | freed nine"

    def _main_verb(self, at: int) -> int | None:
        """ "Nurses | stood outside | holding signs"."""
        start, behind = self.clause_of(at)[0], self.words[at]
        if behind not in self.lists["adverbs"] | self.lists["prepositions"] - {"of", "by"}:
            return None
        own = (i for i in range(at - 1, start, -1) if self.words[i] in self.lists["other_verbs"])
        return next((i for i in own if self.words[i] not in self.lists["verb_group"]), None)

    def _verbs_before(self, comma: int) -> list[int]:
        """The finite verbs of the lexicon in the clause before a comma, no relative clause."""
        start = self.clause_of(comma)[0]
        if self.words[start] in self.lists["relatives"]:
            return []
        return [v for v in self.verbs if start <= v < comma and self.words[v][-3:] != "ing"]

    def _list_begin(self, start: int, end: int) -> int:
        """ "Farmers, | students and drivers": the first of those listed."""
        words, start_of_clause = self.words, self.clause_of(max(start - 1, 0))[0]
        while start > start_of_clause + 1 and words[start - 1] == "," and "and" in words[start:end]:
            last = start - 2
            first = self._phrase_before(start - 1, narrow=False)[0]
            named = self.capitals[last] and (last or self.capitals[start])
            listed = named or words[last].endswith("s") or words[first] in self.lists["before_noun"]
            if words[first] in self.lists["prepositions"] or first > last or not listed:
                break
            start = first
        return start

    def _first_of_conjoined(self, begin: int) -> int:
        """ "the army condemned the raid | and demanded talks": the first verb has the subject."""
        if not begin or self.words[begin - 1] != "and":
            return begin
        start = self.clause_of(begin - 1)[0]
        return next((v for v in range(start, begin - 1) if self.is_finite(v, start)), begin)

    def is_finite(self, at: int, start: int) -> bool:
        """Whether a token is a verb of its own, in a clause that begins at `start`."""
        if at not in self.verbs:
            return self._is_other_verb(at, start)
        word = self.words[at]
        return word[-1] in "sd" or self.any_list(word, ("participles", "past"))

    def _before_insertion(self, end: int, relative: bool) -> int:
        words = self.words
        if end and words[end - 1] == ",":
            commas = [k for k in range(max(end - 14, 0), end - 1) if words[k] == ","]
            end = commas[-1] if commas and not relative else end - 1
        if end and words[end - 1] == ")" and "(" in words[max(end - 6, 0) : end]:
            end -= words[:end][::-1].index("(") + 1
        return end

    def _phrase_before(self, end: int, narrow: bool) -> Span:
        """The noun phrase that ends at `end`; a narrow one begins at its preposition."""
        start, words = end, self.words
        while start and end - start < _FARTHEST and start - 1 not in self.verbs:
            word = words[start - 1]
            if word in self.lists["no subject beyond"]:
                if word not in {"who", "that"} or start == end or words[end - 1][-2:] != "ed":
                    break
                start = end = start - 1  # "factions | that he commanded"
            elif start < end and (self._begins_anew(start) or (narrow and self._ends_other(word))):
                break
            else:
                start -= 1
        return start, end

    def _begins_anew(self, start: int) -> bool:
        """ "In Karsa | the army", "met the envoy on Tuesday and | both sides"."""
        before = self.words[start - 1]
        if before == "and":
            return self.words[start - 2] in self.lists["calendar"]
        article = self.words[start] in {"the", "a", "an"} and before not in {"all", "both", "as"}
        return article and self.capitals[start - 1] and start > 1

    def _ends_other(self, word: str) -> bool:
        """ "From the ridge came | a volley that hit", "in response to | raids"."""
        lists = self.lists
        verb = word in lists["other_verbs"] and word not in lists["verb_group"]
        return verb or word in lists["prepositions"] - {"of"}

    def _after_circumstance(self, start: int, end: int) -> int:
        """ "On Friday night | the army"."""
        words = self.words
        while start < end and words[start] in self.lists["prepositions"]:
            if words[start + 1] in {"least", "most"}:
                break  # "at least nine men"
            start += 1
            while start < end and not self._begins_name(start):
                start += 1
        return start

    def _begins_name(self, i: int) -> bool:
        word = self.words[i]
        return word in {"the", "a", "an"} or (
            self.capitals[i] and word not in self.lists["calendar"]
        )

    def object_from(self, i: int) -> Span | None:
        """The noun phrase that begins at `i`, a preposition before it skipped."""
        words, lists = self.words, self.lists
        i += i < len(words) and words[i] in lists["before_object"]
        first = words[i] if i < len(words) else ""
        if self._is_circumstance(i, first):
            return None
        if first in lists["object pronouns"] and not self.capitals[i]:  # "us", not "the | US"
            return i, i + 1
        end, stop = i, min(len(words), i + _FARTHEST)
        while end < stop and end not in self.verbs and not self._ends_phrase(end, i):
            end += 1
        while end > i and self._is_trailing(end - 1):
            end -= 1
        return (i, end) if end > i else None

    def _is_circumstance(self, i: int, first: str) -> bool:
        """ "Struck | at dawn", "closed in | south of the town", "on | Monday", not "Monday's"."""
        behind, lists = self.words[i + 1 : i + 2], self.lists
        where = first in lists["directions"] and behind == ["of"]
        when = first in lists["calendar"] and behind not in (["'s"], ["’s"])
        nothing = first in lists["no_object"] and not self.capitals[i]
        return nothing or where or when or (first != "at" and first in lists["prepositions"])

    def is_road(self, span: Span) -> bool:
        """Whether it names a road or the like: "Harbour Street", "the Karsa road"."""
        last = span[1] - 1
        named = self.capitals[last] or (last > span[0] and self.capitals[last - 1])
        return named and self.words[last] in self.lists["roads"]

    def _is_trailing(self, at: int) -> bool:
        """A day, a number or the like, but not in "Tower | 22"."""
        word = self.words[at]
        number = word[0].isdigit() and not (at and self.capitals[at - 1])
        return number or word in self.lists["no last word"]

    def _ends_phrase(self, at: int, start: int) -> bool:
        word = self.words[at]
        if word in self.lists["phrase ends"] or self._is_other_verb(at, start):
            return True
        article = word == "last" and self.words[at - 1] in self.lists["before_noun"]
        anew = word in {"a", "an", "the"} and self.words[at - 1] not in {"of", "and", "all", "both"}
        if anew and at > start:
            return True  # "called | the ruling | a disgrace"
        if at > start and ((word in self.lists["adverbs"] and not article) or self._is_count(at)):
            return True
        may_end = word in self.lists["phrase may end"] and at > start
        return may_end and self.words[at - 1] != "belonging"

    def _is_count(self, at: int) -> bool:
        """A number behind a plain noun: "attacked troops | 160 times"."""
        before, word = self.words[at - 1], self.words[at].replace(",", "")
        known = before in self.lists["before_noun"] or before in self.lists["before_number"]
        return word.isdigit() and before.isalpha() and not known and not self.capitals[at - 1]

    def _is_other_verb(self, at: int, start: int) -> bool:
        """A verb behind a noun that no phrase begins with: "clinics | involved"."""
        word, before = self.words[at], self.words[at - 1]
        if at == start or self.capitals[at]:
            return False
        noun = before not in self.lists["before_noun"] and before[-2:] != "ly"
        past = word.endswith("ed") and word not in self.lists["participle_adjectives"]
        return word in self.lists["other_verbs"] or (past and noun and "-" not in word)

    def owner_in(self, span: Span) -> Span | None:
        """ "The governor | 's offer": whose it is."""
        at = next((i for i in range(*span) if self.words[i] in {"'s", "’s"}), span[0])
        named = at > span[0] and self.words[at - 1] not in self.lists["calendar"]
        return (span[0], at) if named else None

    def by(self, start: int) -> Span | None:
        """The noun phrase behind "by" that belongs to the phrase which ends before `start`."""
        for i in range(start, min(start + 9, len(self.words))):
            if self.words[i] == "by":
                return self.object_from(i + 1)
            if i in self.verbs or self.words[i] in self.lists["reporting"]:
                break  # "the raid was confirmed by Corsia"
        return None

    # --- who speaks -------------------------------------------------------------------------------

    @cached_property
    def reporting_verb(self) -> int | None:
        """Token of the first reporting verb."""
        found = self.lists["reporting"].intersection(self.words)
        return min(map(self.words.index, found), default=None)

    @cached_property
    def speaker(self) -> Span | None:
        """Subject of the first reporting verb ("the group said it ...")."""
        said = self.reporting_verb
        return self.subject(self.group_of(said).begin) if said else None

    @cached_property
    def teller(self) -> Span | None:
        """Who says what the sentence tells: "the army | said", "according to | the army"."""
        said = self.reporting_verb
        if said is None:
            return None
        if self.words[said] == "according":
            return self.object_from(said + 2)
        return self.speaker


def is_aside(p: Parse, at: int) -> bool:
    """Whether an act is told by the way: "amid heavy | shelling", "after an | invasion"."""
    for i in range(at - 1, max(at - _ASIDE, 0), -1):
        if p.words[i] in p.lists["prepositions"] | {"after", "following", "amid", "since", "of"}:
            return True
        if not p.words[i].isalpha() or i in p.verbs or p.words[i] in p.lists["clause"]:
            return False
    return False


def is_weapon_at_work(p: Parse, hit: Hit) -> bool:
    """ "A rocket | strikes | ferry": a noun for a weapon and a verb, as headlines have it."""
    if len(hit.words) != 2 or hit.phrase.verbal or not p.is_headline:
        return False
    weapon, verb = (p.words[i] for i in hit.words)
    after = p.words[hit.last + 1 : hit.last + 2]
    ends = ("prepositions", "clause", "verb_group", "calendar", "other_verbs", "circumstances")
    agrees = weapon in p.lists["weapons"] and weapon.endswith("s") != verb.endswith("s")
    thing = bool(after) and after[0].isalnum() and hit.last + 1 not in p.verbs
    return agrees and thing and after != ["and"] and not p.any_list(after[0], ends)


def is_act(p: Parse, span: Span) -> bool:
    """Whether a noun phrase names an act, not who acts: "the attack on X | killed nine"."""
    acts = [h for h in p.hits if span[0] <= h.words[0] and h.words[:2][-1] < span[1]]
    modified = p.lists["modified"]  # "a strike | leader"
    acts = [
        h for h in acts if not h.phrase.verbal and modified.isdisjoint(p.words[h.last + 1 :][:1])
    ]
    heads = [h for h in acts if p.lists["prepositions"].isdisjoint(p.words[span[0] : h.first])]
    acts = [h for h in heads if h.phrase.root in DONE | {"RETREAT"}]
    return any(not p.words[h.last].endswith(("er", "ers")) for h in acts)  # "a suicide bomber"


def _lower(tokens: list[str]) -> list[str]:
    """Tokens in lower case and one spelling, but for names that look like months."""
    joined = " ".join(tokens).lower()
    for ours, other in _SPELLINGS:
        joined = joined.replace(ours, other)
    words = joined.split()
    if _MONTHS.isdisjoint(tokens):
        return words
    pairs = enumerate(zip(tokens, words, strict=True))
    return [token if i and token in _MONTHS else word for i, (token, word) in pairs]
