"""Who is named: the actors of a corpus, those everybody knows, and names that nobody listed.

- ``world``: the actors everybody knows, and how lists of actors are joined
- ``matcher``: names of actors found in a text; a shared name is decided by its context
- ``candidates``: capitalised names that no actor has, with a guess at their type
- ``proposals``: from the unknown names of all articles to actors proposed

To add an actor: a line in ``lexicons/world.csv``; a title, a head word or a given name: one in
``lexicons/names.yml``.
"""

from analysis.entities.candidates import find_candidates
from analysis.entities.matcher import ActorMatcher, Entity, Mention, compile_actors, find_entities
from analysis.entities.world import join_actors, known_actors

__all__ = [
    "ActorMatcher",
    "Entity",
    "Mention",
    "compile_actors",
    "find_candidates",
    "find_entities",
    "join_actors",
    "known_actors",
]
