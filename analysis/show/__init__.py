"""Tables turned into what a person looks at: figures, sentences, pages of evidence, exports.

- ``figures/``: one function a chart, a file for each family, one style; ``marks``: what of a chart
  leads to evidence
- ``named``: what the timeline draws, named in words, and the cards behind its parts
- ``first_page``: what these articles say, who says it, how sure that is
- ``sentences``: all other English that is computed; ``choice``: what a chart has room for
- ``pages``: templates, every value escaped
- ``evidence``: the pages behind the numbers; ``exports``: events for other programs
- ``latex``: tables for LaTeX documents; ``bibliography``: works cited
"""
