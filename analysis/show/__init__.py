"""Tables turned into what a person looks at: figures, sentences, pages of evidence, exports.

- ``figures/``: one function a chart, a file for each family, one style; ``marks``: what of a chart
  leads to evidence
- ``sentences``: all English that is computed; ``choice``: what a chart has room for
- ``pages``: templates, every value escaped
- ``evidence``: the pages behind the numbers; ``exports``: events for other programs
- ``latex``: tables for LaTeX documents; ``bibliography``: works cited
"""
