# The commands of the project. Each calls `python -m analysis ...`, which also works without make
# (on Windows: `py -m analysis report`). The first run sets up .venv/ with the locked packages.

PYTHON ?= $(shell command -v python3 || command -v python)
CORPUS ?= seeds
RUN = @"$(PYTHON)" -m analysis

.PHONY: help report test test-browser lab check corpus notebook check-notebook clean lock

help:  ## print these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

report:  ## run what is out of date, write report/ (CORPUS=folder OUT=folder TEXTS=full|snippets|none ARGS="--workers 8")
	$(RUN) report --corpus "$(CORPUS)" --out "$(OUT)" --texts "$(TEXTS)" $(ARGS)

test:  ## run the tests that need only Python
	$(RUN) test

test-browser:  ## run the tests in a real browser (needs Chromium)
	$(RUN) test-browser

lab:  ## open JupyterLab, all notebooks set to CORPUS
	$(RUN) lab --corpus "$(CORPUS)"

check:  ## list every problem of CORPUS with file, row and column, without running it
	$(RUN) check --corpus "$(CORPUS)"

corpus:  ## start a corpus folder that already runs: FROM=export, table or folder (NAME=folder OUTLET="of all")
	$(RUN) corpus --name "$(NAME)" --from "$(FROM)" --outlet "$(OUTLET)"

notebook:  ## start a notebook of your own that runs: NAME=my-question (CORPUS=folder)
	$(RUN) notebook --corpus "$(CORPUS)" --name "$(NAME)"

check-notebook:  ## run one notebook alone and say what is wrong with it: FILE=notebook (CORPUS=folder)
	$(RUN) check-notebook --corpus "$(CORPUS)" --file "$(FILE)"

clean:  ## remove what was generated, never anything in a corpus
	$(RUN) clean

lock:  ## renew the lock files (for developers; needs uv)
	$(RUN) lock
