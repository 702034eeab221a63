"""A server as a process that never outlives the one that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 90
STOP_SECONDS: Final = 20
_PAUSE_SECONDS: Final = 0.05
_PR_SET_PDEATHSIG: Final = 1


class StartError(Exception):
    """A server does not start; the message has the end of its log."""


class ServerProcess:
    """One server, started, stopped, killed and started again on the same port and folder."""

    def __init__(self, name: str, command: Sequence[object], folder: Path, is_ready: Callable[[], bool]) -> None:
        """Know how to start it.

        Args:
            name: What it is called in messages.
            command: Its program and arguments.
            folder: Where its log goes; it exists.
            is_ready: Whether it answers.
        """
        self.name = name
        self._command = [str(part) for part in command]
        self._folder = folder
        self._is_ready = is_ready
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Return the number of its process."""
        if self._process is None:
            raise StartError(f"{self.name} was not started")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Return whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            StartError: It ends, or does not answer in time.
        """
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start it."""
        _c_library()  # Loading is not for the moment between fork and exec.
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                # A pipe that nobody writes to: what reads it ends with us on every system.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one system call
            )

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until it answers.

        Raises:
            StartError: It ends, or does not answer in time.
        """
        end = time.monotonic() + seconds
        while not self._is_ready():
            if not self.is_running or time.monotonic() > end:
                log = (self._folder / "log").read_text("utf-8", "replace")[-2000:]
                self.stop()
                raise StartError(f"{self.name} does not start: {log}")
            time.sleep(_PAUSE_SECONDS)

    def kill(self) -> None:
        """End it without any warning, as when a machine is gone."""
        if self.is_running:
            os.killpg(self.pid, signal.SIGKILL)
        self._reap()

    def pause(self) -> None:
        """Have it stand still: it keeps its connections and says nothing."""
        os.killpg(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Have it go on."""
        os.killpg(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End it, orderly if it does so in time; harmless to repeat."""
        if self.is_running and self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._reap()

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Return whether somebody listens on a port."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def _end_with_parent() -> None:
    """Have the system kill this process when the one that started it is gone, and so cannot do it."""
    _c_library().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@cache
def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
