"""Who is named: the actors of a corpus, under all their spellings, and names that nobody listed.

- ``matcher``: aliases of ``actors.csv`` found in a text; a shared name is decided by its context
- ``candidates``: capitalised names that no actor has, with a guess at their type

To add a title, a head word or a given name: one line in ``lexicons/names.yml``.
"""

from analysis.entities.candidates import find_candidates, propose_names
from analysis.entities.matcher import ActorMatcher, Entity, Mention, compile_actors, find_entities

__all__ = [
    "ActorMatcher",
    "Entity",
    "Mention",
    "compile_actors",
    "find_candidates",
    "find_entities",
    "propose_names",
]
