"""A text as a row of characters: normalised, cut into sentences and words.

- ``normalise``: one form of quotes, dashes and spaces, and the way back to the raw offsets
- ``words``: the one tokeniser, the one sentence splitter, and the form under which a word counts
- ``sentences``: a sentence, made once, which the methods read
- ``phrases``: the one finder of noun phrases
- ``language``: which language a text is written in, and its function words

Other rooms take sentences and words from here; none cuts a text again.
"""
