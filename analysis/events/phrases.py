"""Which phrases of the lexicon stand in a sentence, whether or not their event took place."""

from operator import itemgetter
from typing import NamedTuple

from analysis.events.vocabulary import BREAKS, Entry, Phrase, Start, Vocabulary

MAX_GAP = 6
_IDIOM_GAP = 3
_ELSEWHERE = frozenset(
    [",", "response", "retaliation", "short", "when", "while", "because", "although"]
) | BREAKS - frozenset('"“”')  # no phrase goes on beyond


_EACH = frozenset(["each", "both", "all"])
_ARTICLES = frozenset(["a", "an", "the", "'s", "his", "her", "its", "their", "our", "my"])


class Hit(NamedTuple):
    """A phrase found in a sentence; `words` are the indices of its own tokens."""

    phrase: Phrase
    words: tuple[int, ...]
    last: int
    mode: str
    first: int = 0


def _hit(phrase: Phrase, *words: int) -> Hit:
    return Hit(phrase, words, words[-1], phrase.mode, words[0])


def _refined(outer: Hit, inner: Hit) -> Hit:
    """One of both: "launched | air strikes", "drone | strike", "car | bomb went off"."""
    moved = not (outer.phrase.verbal or inner.phrase.verbal) and len(inner.words) > 1
    whole = inner._replace(first=outer.first) if moved else outer
    return whole._replace(last=max(outer.last, inner.last), mode=outer.mode or inner.mode)


def harms(hit: Hit) -> bool:
    """Whether it tells of the harm that an attack did, rather than of the attack."""
    return hit.mode in {"kill", "destroy"} or hit.phrase.text in {"wound", "injure", "maim"}


def is_titled(words: list[str], capitals: list[bool]) -> bool:
    """Whether most words, or nearly all long ones, have a capital: "Troops Killed in Raid"."""
    pairs = zip(words, capitals, strict=True)
    long = [capital for word, capital in pairs if len(word) > 3 and word.isalpha()]
    titled = len(long) > 3 and sum(long) > 0.8 * len(long)
    return titled or sum(capitals) > 0.6 * sum(map(str.isalpha, words))


class PhraseFinder:
    """Finds the phrases in the tokens of one sentence (`words`: in lower case)."""

    def __init__(self, words: list[str], capitals: list[bool], known: Vocabulary) -> None:
        self.words, self.capitals, self.known, self.lists = words, capitals, known, known.lists
        self.headline = is_titled(words, capitals)

    def find(self) -> list[Hit]:
        """The longest phrase at each token, without those inside a longer one; in textual order."""
        starts = self.known.starts
        taken: set[int] = set()  # tokens of the hits kept
        kept: list[Hit] = []
        for i, start in [(i, starts[word]) for i, word in enumerate(self.words) if word in starts]:
            hit = self._at(i, start)
            if not hit:
                continue
            outer = kept[-1] if kept and i <= kept[-1].last + (not hit.phrase.verbal) else None
            if outer and outer.phrase.root == hit.phrase.root:
                if hit.phrase.verbal and i in outer.words:
                    continue  # "shot | down a jet"
                kept[-1] = _refined(outer, hit)
            elif i in taken:
                continue
            else:
                kept.append(hit)
            taken.update(hit.words)
        return kept

    def _at(self, i: int, start: Start) -> Hit | None:
        several = not start.seconds.isdisjoint(self.words[i + 1 : i + 2 + MAX_GAP])
        if not (several or any(start.alone)) or not self._may_begin(i):
            return None
        noun = (start.ambiguous and self._is_noun(i)) or self._where_nouns_stand(i)
        passive = self._passive(start.passives, i) if several and start.passives else None
        hit = passive or (self._longest(start.entries[noun], i) if several else None)
        return hit or (_hit(start.alone[noun][0], i) if start.alone[noun] else None)

    def _may_begin(self, i: int) -> bool:
        """Not part of a name, an adjective, or a word that tells which weapon."""
        if self._in_name(i) or self._in_relation(i) or self._is_adjective(i):
            return False
        return self.lists["armed by it"].isdisjoint(self.words[i + 1 : i + 2])

    def _where_nouns_stand(self, i: int) -> bool:
        """Where no finite verb does: "the | suspect", "the prime | suspect", at the beginning."""
        word, words = self.words[i], self.words
        past = word in self.lists["past"] or word in self.lists["verb_group"]
        if past or word.endswith(("ed", "ing")):
            return False
        if not i:
            return not self.headline
        base = not word.endswith("s") and not words[i - 1].endswith(("s", "people", "police"))
        return words[i - 1] in _ARTICLES or (i > 1 and base and words[i - 2] in _ARTICLES)

    def _longest(self, entries: list[Entry], i: int) -> Hit | None:
        """The longest phrase of several words that begins at token `i`; of two the nearest."""
        window = self.words[i + 1 : i + 2 + MAX_GAP]
        for entry in entries:
            for phrase in entry.longer:
                second = phrase.rest[0][1]
                if not second.isdisjoint(window) and (words := self._match(phrase, i)):
                    return _hit(phrase, *words)
        if phrase := next((e.near[window[0]] for e in entries if window[0] in e.near), None):
            return _hit(phrase, i, i + 1)
        found = [
            pair
            for e in entries
            if not e.far.keys().isdisjoint(window)
            for pair in self._behind_gap(e, window)
        ]
        nearest = min(found, key=itemgetter(0), default=None)
        return _hit(nearest[1], i, i + 1 + nearest[0]) if nearest else None

    def _behind_gap(self, entry: Entry, window: list[str]) -> list[tuple[int, Phrase]]:
        """The nearest second word of an entry in a window, and its phrase, if any."""
        end = next((k for k, word in enumerate(window) if word in _ELSEWHERE), len(window))
        far = (
            (k, entry.far[word]) for k, word in enumerate(window[: end + 1]) if word in entry.far
        )
        return [(k, phrase) for k, phrase in far if phrase.root or k <= _IDIOM_GAP][:1]

    def _passive(self, of_object: dict[str, Phrase], i: int) -> Hit | None:
        """ "sanctions on the port | were | lifted": the object, a form of "be", the participle."""
        words, be = self.words, self.lists["be"]
        for k in range(i + 1, min(i + 2 + MAX_GAP, len(words))):
            if words[k] in be:
                for j in range(k + 1, min(k + 4, len(words))):
                    if phrase := of_object.get(words[j]):
                        return _hit(phrase, i, k, j)
            if words[k] in be or words[k] in BREAKS:
                break
        return None

    def _match(self, phrase: Phrase, i: int) -> tuple[int, ...] | None:
        """The tokens of a longer phrase that begins at token `i`."""
        tokens = [i]
        for gap, forms in phrase.rest:
            near = self.words[i + 1 : i + 2 + MAX_GAP * gap]
            at = next((k for k, word in enumerate(near) if word in forms), None)
            if at is None or not _ELSEWHERE.isdisjoint(near[:at]):
                return None
            i += at + 1
            tokens.append(i)
        return tuple(tokens)

    # --- the word: a noun, a verb, part of a name, an adjective -----------------------------------

    def _is_noun(self, i: int) -> bool:
        """Whether a form that may be a noun or a verb is a noun here: the first rule decides."""
        word, lists = self.words[i], self.lists
        before, after = ("", *self.words, "")[i : i + 3 : 2]
        gerund = word.endswith("ing")
        if self._is_surely_verb(i, before):
            return False
        if before in lists["verb_group"] and before not in lists["before_noun"]:
            return before in lists["be"] and not gerund
        if before in lists["before_noun"] or before[:1].isdigit() or before.endswith(("ed", "ing")):
            return before in _ARTICLES or not (gerund and self._begins_object(i + 1))
        if self._is_third_person(i) and after not in lists["noun_follows"]:
            return False
        return self._behind_adjective(i) or self._noun_by_what_follows(i, before, after)

    def _is_surely_verb(self, i: int, before: str) -> bool:
        """ "They | fire", "fired", "began | firing at", "will each | hold"."""
        word, lists = self.words[i], self.lists
        if before in lists["pronouns"] or word.endswith("ed") or word in lists["past"]:
            return True
        begun = word.endswith("ing") and before in lists["implicative"]
        each = before in _EACH and i > 1 and self.words[i - 2] in lists["verb_group"]
        return begun or each

    def _is_third_person(self, i: int) -> bool:
        """ "Belmar's junta | orders | Corsian envoys out", not in a headline's capitals."""
        word = self.words[i]
        plural = word in self.lists["often_nouns"] and word[-1] == "s"
        return plural and not self.headline and self._begins_object(i + 1)

    def _behind_adjective(self, i: int) -> bool:
        return i > 0 and self.words[i][-3:] != "ing" and self._may_be_adjective(i - 1)

    def _begins_object(self, i: int) -> bool:
        """Whether a determiner or a name stands at a token."""
        word = self.words[i] if i < len(self.words) else "of"
        name = word != "of" and self.capitals[i] and word not in self.lists["calendar"]
        pronoun = word in self.lists["object pronouns"]  # "striking | it"
        return name or pronoun or (word in self.lists["before_noun"] and word != "of")

    def _may_be_adjective(self, i: int) -> bool:
        word = self.words[i]
        return word.isalpha() and word[-1] != "s" and not self.capitals[i]

    def _noun_by_what_follows(self, i: int, before: str, after: str) -> bool:
        word = self.words[i]
        follows = after in self.lists["noun_follows"]
        if word.endswith("ing"):
            nouns = self.known.starts[word].alone[1]
            follows = follows or bool(nouns and after.endswith("ed"))  # "fighting | erupted"
            return follows and (before not in {",", ""} or after in {"of", "between", "erupted"})
        if word in self.lists["often_nouns"]:  # but "Belmar | orders | Corsian envoys out"
            counted = after[:1].isdigit()  # "free | 30 conscripts"
            return not (after in self.lists["before_noun"] or counted) or follows
        return not after or follows or not after[0].isalnum()

    def _in_name(self, i: int) -> bool:
        """Part of a name ("Amnesty International")."""
        before = self.words[i - 1] if i else ","
        if not self.capitals[i] or self.headline or before in BREAKS:
            return False
        calendar = self.lists["calendar"]
        return i > 0 or (self.capitals[1:2] == [True] and self.words[1] not in calendar)

    def _in_relation(self, i: int) -> bool:
        """A participle behind its noun ("gunmen | armed by", "a camp | hosting")."""
        word, lists = self.words[i], self.lists
        before = self.words[i - 1] if i else ","
        if not before.isalpha() or before in lists["verb_group"]:
            return False
        by = word in lists["backing"] and self.words[i + 1 : i + 2] in (["by"], ["to"], ["with"])
        return by or (word[-3:] == "ing" and word in lists["housing"])

    def _is_adjective(self, i: int) -> bool:
        """A participle before its noun ("armed men")."""
        word, lists = self.words[i], self.lists
        before = self.words[i - 1] if i else ","
        if not word.endswith(("ed", "ing")) or i + 1 == len(self.words):
            return False
        if self.capitals[i + 1]:  # "Shot 9 | Captured | Soldiers"
            return self.headline and before.isdigit()
        auxiliary = before in lists["verb_group"]
        if auxiliary or word in lists["participle_adjectives"]:
            return not auxiliary
        named = i and self.capitals[i - 1] and before not in lists["before_noun"]
        if named or not self._may_be_noun(self.words[i + 1]):
            return False
        return self._behind_determiner(i, before)

    def _behind_determiner(self, i: int, before: str) -> bool:
        participle = self.words[i]
        if participle.endswith("ing"):
            ambiguous = self.known.starts[participle].ambiguous
            return before in {"the", "a", "an"} and not ambiguous
        return not i or before in self.lists["before_noun"] or before in self.lists["beside_verb"]

    def _may_be_noun(self, word: str) -> bool:
        return word.isalpha() and word not in self.lists["beside_verb"] and word[-2:] != "ly"
