"""Attribution: the reporting verbs of a sentence and the noun phrases that speak."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from analysis.lexicons import OURS, Lexicon
from analysis.text.phrases import ClosedWords, NounPhrases, is_possessive, is_word, word_at

QUOTE = "“…”"  # the one token that stands for a passage in quotation marks
ENDS = frozenset(",.;:!?—–()[]…") | {""}
_OPENERS = ENDS | {"that", "but", "and", QUOTE}
_CITED = frozenset({"cited", "quoted"})
_INVERTED = frozenset({"said", "says"})  # that stand before their subject without a quotation too

Range = tuple[int, int]  # numbers of tokens, the last one excluded


class Attribution(NamedTuple):
    """A reporting verb and its speaker, by numbers of tokens (the last one excluded).

    `rule`: ``subject-verb`` ("the minister said"), ``verb-subject`` ("said the minister"),
    ``according-to``, ``as-saying`` ("cited the minister as saying"), ``participle`` (", adding"),
    ``name`` ("Orme: “…”").
    """

    first: int
    last: int
    verb: str  # lemma
    speaker: Range
    that: bool  # "that", a colon or quotation marks follow
    rule: str

    @property
    def inverted(self) -> bool:
        """Does the speaker stand behind the verb?"""
        return self.rule in {"verb-subject", "according-to"}


class Reporting:
    """The lexicon of reporting verbs, ready for use: its flat lists are sets in `lists`.

    `verbs` has the lemma of every finite form, `participles` that of those that go on with the
    sentence's speaker; `finite` are verbs of any kind that a subject stands before; without one of
    the `attributing` words nothing is attributed in a sentence.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        content = lexicon["reporting_verbs"]
        self.lists = {
            k: frozenset(words) for k, words in content.items() if isinstance(words, list)
        }
        self.verbs: dict[str, str] = {
            form: lemma
            for lemmas in content["classes"].values()
            for lemma, forms in lemmas.items()
            for form in forms
        }
        self.participles: dict[str, str] = dict(content["participles"])
        speech = self.participles.keys() | self.verbs.keys()
        tenses = lexicon["dates"]["tense"]
        self.finite = frozenset(tenses["past"] + tenses["future"] + tenses["open"] + ["is", "are"])
        self.attributing = frozenset(speech | {"according", "According", ":"})
        self.phrases = NounPhrases(
            ClosedWords(
                pronouns=self.lists["pronouns"],
                determiners=self.lists["determiners"],
                prepositions=self.lists["inner_prepositions"],
                linked=self.lists["inner_after_source"],
                heads=self.lists["anonymous"] | self.lists["official"],
                verbs=frozenset(speech),
                boundaries=self.lists["boundaries"],
                nouns=self.lists["nouns"],
            )
        )

    def speaks(self, word: str) -> bool:
        """Is it a noun for those who speak in the news (source, ministry, statement)?"""
        return self.phrases.is_head(word)

    def opens_circumstance(self, tokens: Sequence[str], word: str) -> bool:
        """Do tokens, whose first `word` is, begin with a time or place ("today", not "today's")?"""
        return word in self.lists["circumstances"] and not is_possessive(word_at(tokens, 1))

    def may_speak(self, phrase: Sequence[str]) -> bool:
        """Does a noun phrase name someone, or one of those who speak in the news?"""
        pronouns = self.lists["pronouns"]
        return any(self.speaks(word) or word.istitle() or word in pronouns for word in phrase)


@cache
def reporting(lexicon: Lexicon = OURS) -> Reporting:
    """The reporting verbs of a lexicon, made once.

    >>> reporting().verbs["vowed"]
    'vow'
    """
    return Reporting(lexicon)


class Clauses:
    """The tokens of a sentence, and who speaks in it."""

    def __init__(self, tokens: list[str], known: Reporting) -> None:
        self.tokens = tokens
        self._known = known
        self._lists = known.lists
        self._phrases = known.phrases

    def word(self, i: int) -> str:
        """Token `i`, "" outside the sentence."""
        return word_at(self.tokens, i)

    def phrase_from(self, start: int) -> Range:
        """The noun phrase that starts at token `start`, empty if there is none."""
        return start, self._phrases.end(self.tokens, start)

    def phrase_before(self, end: int) -> Range:
        return self._phrases.start(self.tokens, end), end

    def attributions(self) -> list[Attribution]:
        """Every reporting verb or "according to" that has a speaker, in order."""
        found: list[Attribution] = []
        for i, token in enumerate(self.tokens):
            if (token in self._known.attributing or token == "as") and not (
                found and i < found[-1].last
            ):
                found += filter(self._is_made, self._attribution(i, found))
        return found

    def _is_made(self, one: Attribution) -> bool:
        """Does someone speak: neither "nobody said" nor "if he says"?"""
        first, before = self.word(one.speaker[0]).lower(), self.word(one.speaker[0] - 1).lower()
        if one.rule == "subject-verb":
            asked = first in self._lists["auxiliaries"]  # "would anyone say"
            if asked or before in self._lists["conditions"]:
                return False
        return self._lists["nobody"].isdisjoint({first, before})

    def _attribution(self, i: int, found: list[Attribution]) -> Iterator[Attribution]:
        """The attribution that token `i` makes, if any."""
        token = self.tokens[i]
        if token in {"according", "According"}:
            yield from self._according(i)
        elif token == "as":
            yield from self._as_saying(i)
        elif token == ":":
            yield from self._name(i)
        elif token in self._known.participles:
            yield from self._participle(i, found)
        else:
            yield from self._finite_verb(i)

    def _according(self, i: int) -> Iterator[Attribution]:
        speaker = self.phrase_from(i + 2)
        if self.word(i + 1) == "to" and _filled(speaker):
            yield Attribution(i, speaker[1], "according to", speaker, False, "according-to")

    def _as_saying(self, i: int) -> Iterator[Attribution]:
        """ "Reuters cited one of the groups as saying", "the army was quoted as saying"."""
        if self.word(i + 1) != "saying":
            return
        passive = self.word(i - 1) in _CITED and self.word(i - 2) in {"was", "were"}
        speaker = self.phrase_before(i - 2 if passive else i)
        if _filled(speaker):
            cited = self.word(speaker[0] - 1) in _CITED
            opening = self._subject(speaker[0] - 1)[0] if cited else speaker[0]
            yield Attribution(opening, i + 2, "say", speaker, False, "as-saying")

    def _name(self, colon: int) -> Iterator[Attribution]:
        """ "Ida Orme: “…”", after the time of an entry or nothing."""
        speaker = self.phrase_before(colon)
        while _filled(speaker) and not self.word(speaker[0])[0].isalpha():
            speaker = speaker[0] + 1, speaker[1]
        phrase = self.tokens[slice(*speaker)]
        opens = not any(map(str.isalpha, "".join(self.tokens[: speaker[0]])))
        named = phrase and (phrase[-1].istitle() or any(map(self._known.speaks, phrase)))
        if opens and named and self.word(colon + 1) == QUOTE:
            yield Attribution(speaker[0], colon + 1, "say", speaker, True, "name")

    def _introduces(self, i: int) -> bool:
        """Does "that", a colon or a quotation follow token `i`?"""
        after = self.word(i + 1)
        return after in {"that", ":", QUOTE} or (after == "," and self.word(i + 2) == QUOTE)

    def _participle(self, i: int, found: list[Attribution]) -> Iterator[Attribution]:
        """ "…, adding that …": the speaker of the verb before, else the sentence's subject."""
        that, near = self._introduces(i), self.tokens[i + 1 : i + 6]
        if not that and (QUOTE not in near or near[0] in self._lists["distance"]):
            return
        speaker = found[-1].speaker if found else self.opening_subject()
        if found or (_filled(speaker) and speaker[1] <= i):
            verb = self._known.participles[self.tokens[i]]
            yield Attribution(i, i + 1, verb, speaker, that, "participle")

    def _finite_verb(self, i: int) -> Iterator[Attribution]:
        last = self._after_verb(i)
        if last is None:
            return
        verb, that = self._known.verbs[self.tokens[i]], self._introduces(last - 1)
        subject, behind = self._subject(i), self.phrase_from(last)
        if not self._is_speech(verb, that, subject, i) or self._is_aside(verb, subject):
            return
        around = self.tokens[slice(*subject)] + self.tokens[slice(*behind)]
        if verb == "read" and self._lists["texts"].isdisjoint(around):
            return
        if self._is_inverted(i, that, subject, behind):
            yield Attribution(i, behind[1], verb, behind, that, "verb-subject")
        elif _filled(subject):
            yield Attribution(subject[0], last, verb, subject, that, "subject-verb")

    def _after_verb(self, i: int) -> int | None:
        """Number of the token after verb `i` ("shot back"), None if it is not one of speech."""
        if self.word(i - 1).lower() in self._lists["no_verb_after"]:
            return None
        if self.tokens[i] not in self._lists["with_particle"]:
            return i + 1
        return i + 2 if self.word(i + 1) in self._lists["particles"] else None

    def _is_speech(self, verb: str, that: bool, subject: Range, i: int) -> bool:
        """Does the verb, of which `subject` stands before token `i`, tell what is said?"""
        if verb in self._lists["need_that"]:
            return self.word(i + 1) == "that"
        if that or verb not in self._lists["need_that_or_quote"]:
            return True
        if self._behind_quote(i) or (_filled(subject) and self._behind_quote(subject[0])):
            return True
        alone = self.tokens[i] not in self._lists["with_particle"]
        return alone and QUOTE in self.tokens[i + 1 : i + 14]

    def _is_aside(self, verb: str, subject: Range) -> bool:
        """Does a relative clause speak of its object ("the fund, which they accuse of fraud")?"""
        which = self.word(subject[0] - 1) in self._lists["relative"]
        return verb in self._lists["with_object"] and which and _filled(subject)

    def _behind_quote(self, i: int) -> bool:
        """Does token `i` follow a passage in quotation marks?"""
        return self.word(i - 1 - (self.word(i - 1) == ",")) == QUOTE

    def _is_inverted(self, i: int, that: bool, subject: Range, behind: Range) -> bool:
        """Does the phrase behind verb `i` speak, rather than that before it?"""
        if not _filled(behind):
            return False
        if self._behind_quote(i):
            return True
        after = self.word(behind[1])
        closed = after in ENDS or after.endswith("ing")
        alone = self.tokens[i] in _INVERTED and not that and closed
        return alone and not self._begins(subject, behind)

    def _begins(self, subject: Range, behind: Range) -> bool:
        """Is the noun phrase before a verb its subject, rather than the phrase behind it?"""
        if _filled(subject) and self.word(subject[0] - 1) not in _OPENERS:
            return False
        before, after = (self.tokens[slice(*phrase)] for phrase in (subject, behind))
        return self._known.may_speak(before) or not self._known.may_speak(after)

    def opening_subject(self, stop: int | None = None) -> Range:
        """The noun phrase that opens the sentence (after "On Sunday," and the like)."""
        tokens, first = self.tokens[:stop], 0
        if self._known.opens_circumstance(tokens, word_at(tokens, 0).lower()):
            if "," in tokens:
                first = tokens.index(",") + 1
            else:
                near = range(2, min(len(tokens), 7))
                first = next((k for k in near if tokens[k] in self._lists["determiners"]), 0)
        last = self._phrases.end(tokens, first)
        return first, last - (last - first > 1 and tokens[last - 1].endswith("ed"))

    def _subject(self, verb: int) -> Range:
        """The noun phrase before a verb, over auxiliaries, "who" and an apposition."""
        end = verb
        while end and self._is_auxiliary(end - 1):
            end -= 1
        before = self.word(end - 1)
        if before in {"and", "but"}:
            return self.opening_subject(end - 1)
        if before in self._lists["relative"]:
            end -= 1 + (self.word(end - 2) == ",")
        elif before == ",":
            end = self._before_apposition(end)
        subject = self.phrase_before(end)
        return self._before_relative(subject[0]) or subject

    def _is_auxiliary(self, i: int) -> bool:
        """ "has", "later", "strongly", and the 's of "he's"."""
        token = self.tokens[i]
        short = is_possessive(token) and self.word(i - 1) in self._lists["pronouns"]
        return short or token in self._lists["auxiliaries"] or self._phrases.is_adverb(token)

    def _before_apposition(self, end: int) -> int:
        """Where the phrase ends of which the words before the comma at `end` - 1 speak.

        "Yehia Rasool, a spokesman for the army, said": back to the comma that opens it, and on
        where an apposition stands before it ("…, the governor of Elva, a town in the hills,"); not
        where the apposition is the name.
        """
        commas = [k for k in range(1, end - 1) if self.tokens[k] == ","]
        if commas and self._names(commas[-1], end - 1):
            return end - 1
        end = commas.pop() if commas else end - 1
        while commas and self.phrase_before(end)[0] == commas[-1] + 1 and self._describes(commas):
            end = commas.pop()
        return end

    def _names(self, comma: int, end: int) -> bool:
        """Does the apposition name who speaks ("the spokesman, Major Rune Falk, said")?"""
        first, last = self.phrase_before(comma)
        role = self.tokens[first:last]
        is_role = role and role[0] in self._lists["determiners"] and self._known.speaks(role[-1])
        name = self.tokens[comma + 1 : end]
        return bool(is_role) and len(name) > 1 and all(map(str.istitle, name))

    def _describes(self, commas: list[int]) -> bool:
        """Does a determiner follow the last comma, and a name stand before it?"""
        after, before = self.word(commas[-1] + 1), self.word(commas[-1] - 1)
        return after in self._lists["determiners"] and before.istitle()

    def _before_relative(self, first: int) -> Range | None:
        """ "The paper which is close to the government | reported": the paper."""
        for k in range(first - 1, max(0, first - 10), -1):
            if self.tokens[k] in {"who", "which", "speaking"}:
                subject, last = self.phrase_before(k), self.tokens[k - 1]
                named = self._known.speaks(last) or last.istitle()
                return subject if _filled(subject) and named else None
            if not is_word(self.tokens[k]):
                return None
        return None


def _filled(phrase: Range) -> bool:
    return phrase[0] < phrase[1]
