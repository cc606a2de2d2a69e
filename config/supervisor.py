"""Keeps child processes alive, and leaves none behind. Knows nothing of what they do.

Each child leads a session of its own, so that Ctrl-C reaches the supervisor alone and a whole family
can be ended by its group: a worker that died hard leaves its clock running, and two clocks ring twice.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

POLL_SECONDS = 0.1
SETTLED_SECONDS = 60.0  # a child that lived so long starts again without delay
LONGEST_PAUSE_SECONDS = 30.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)  # added to ours


def _end_with_the_supervisor() -> None:
    """On Linux a child is told to end when its supervisor is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One program and its present process, started again when it dies."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.pause = 1.0
        self.start()

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.starts_again_at: float | None = None
        self.process = subprocess.Popen(
            self.program.command,
            env={**os.environ, **self.program.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_the_supervisor,  # noqa: PLW1509  (the supervisor has one thread)
        )

    def is_running(self) -> bool:
        return self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        """To the child and everything it started."""
        with suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a finished group
            os.killpg(self.process.pid, number)

    def look_after(self, say: Callable[[str], None]) -> None:
        """Start it again if it died: at once after a long life, else after a growing pause."""
        if self.is_running():
            return
        now = time.monotonic()
        if self.starts_again_at is None:
            self.send(signal.SIGKILL)  # what it left behind
            if now - self.started_at > SETTLED_SECONDS:
                self.pause = 1.0
            self.starts_again_at = now + self.pause
            say(f"The {self.program.name} ended ({self.process.returncode}); again in {self.pause:.0f} s.")
            self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        elif now >= self.starts_again_at:
            self.start()


class Supervisor:
    """Runs steps to their end, then keeps programs alive, until INT, TERM or HUP."""

    def __init__(self, say: Callable[[str], None] = print, *, grace_seconds: float = 8.0) -> None:
        self.say = say
        self.grace_seconds = grace_seconds
        self.asked_to_stop = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop += 1

    def complete(self, step: Program) -> int:
        """Run one program to its end: its exit status, or 130 if we were asked to stop meanwhile."""
        child = Child(step)
        while child.is_running():
            if self.asked_to_stop:
                self.end([child])
                return 128 + signal.SIGINT
            time.sleep(POLL_SECONDS)
        return child.process.returncode

    def keep(self, programs: Sequence[Program], *, is_up: Callable[[], bool], once_up: Callable[[], None]) -> None:
        """Keep the programs alive until asked to stop; tell once when they are up."""
        children = [Child(program) for program in programs]
        was_up = False
        while not self.asked_to_stop:
            for child in children:
                child.look_after(self.say)
            if not was_up and is_up():
                was_up = True
                once_up()
            time.sleep(POLL_SECONDS)
        self.end(children)

    def end(self, children: Sequence[Child]) -> None:
        """TERM, then KILL after the grace, or at once when asked to stop again."""
        asked_before = self.asked_to_stop
        deadline = time.monotonic() + self.grace_seconds
        for child in children:
            child.send(signal.SIGTERM)
        while any(child.is_running() for child in children):
            if time.monotonic() > deadline or self.asked_to_stop > asked_before:
                break
            time.sleep(POLL_SECONDS)
        for child in children:
            child.send(signal.SIGKILL)
            child.process.wait()
