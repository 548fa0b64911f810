"""Tables turned into what a person looks at: figures, sentences, pages of evidence, exports.

- ``figures/``: one function a chart, a file for each family, one style
- ``views``: tables turned the way a chart or a reader wants them
- ``evidence``: the pages behind the numbers; ``exports``: events for other programs
- ``latex``: tables for LaTeX documents
"""
