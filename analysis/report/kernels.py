"""Kernels that start fast: forked from one process that has already imported the packages.

Starting Python and importing pandas and matplotlib takes longer than most notebooks of a small
corpus: with jupyter_client's own kernels the report of the corpus that comes along takes 92 s of
processor instead of 75 on a busy machine (two alternating builds of each, with an empty cache; 91.6
and 92.7, 75.2 and 75.0).  Only on Linux: elsewhere forking a process with loaded libraries is not
safe.
"""

import gc
import multiprocessing
import os
import sys
import time
from importlib.metadata import EntryPoint
from multiprocessing import forkserver
from threading import Thread
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "forked"
PRELOADED = (
    "ipykernel.kernelapp",
    "fontTools.subset",
    "matplotlib.backends.backend_pdf",
    "matplotlib.backends.backend_svg",
    "analysis.explore",
)


def warm_up() -> None:
    """Have this process's notebooks run in forked kernels, where the system allows it.

    They keep the environment variables of now that Python reads when it starts.
    """
    if sys.platform == "linux":
        factory = KernelProvisionerFactory.instance()
        entry = EntryPoint(NAME, f"{__name__}:ForkedKernel", factory.GROUP_NAME)
        factory.provisioners[NAME] = entry
        factory.default_provisioner_name = NAME
        forkserver.set_forkserver_preload(list(PRELOADED))
        forkserver.ensure_running()  # while the tables are built


class ForkedKernel(LocalProvisioner):
    """A kernel as jupyter_client's own, but for the way its process comes about."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        words = cmd[cmd.index("-f") :]  # behind the interpreter and its module
        self.process = _Process(words, options["env"], options.get("cwd") or os.getcwd())
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class _Process:
    """A forked process with the methods of `subprocess.Popen` that jupyter_client calls."""

    stdin = stdout = stderr = None

    def __init__(self, words: list[str], environment: dict[str, str], folder: str) -> None:
        context = multiprocessing.get_context("forkserver")
        self._process = context.Process(target=_serve, args=(words, environment, folder))
        self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


def _serve(words: list[str], environment: dict[str, str], folder: str) -> None:
    """Be a kernel, in the environment and folder of one that was started anew."""
    from ipykernel.kernelapp import IPKernelApp

    gc.freeze()  # what is preloaded stays
    Thread(target=_end_with_the_report, daemon=True).start()
    sys.modules.setdefault("debugpy", None)  # the debugger is slow to import, and no use here
    os.setsid()  # an interrupt at the terminal is for the report, which ends its kernels
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["ipykernel_launcher", *words]
    IPKernelApp.launch_instance([*words, f"--IPKernelApp.parent_handle={os.getppid()}"])


def _end_with_the_report() -> None:
    """End when the report's process does: the process it was forked from would wait for it."""
    multiprocessing.parent_process().join()
    os._exit(1)
