"""The report: what is out of date is run, put together as pages, and swapped in whole.

Data takes this way: digests of all inputs (``make``) → notebooks that are stale, run by papermill
(``running``, ``notebook_files``) → what stands before and after the chapters (``front``) → pages
(``site``) → the finished folder in the place of the old one.  ``kernels`` makes notebooks
start fast; ``own_notebooks`` starts and checks one of the user's own.
"""
