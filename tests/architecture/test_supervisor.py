"""The supervisor of `make run`, with small programs in place of the web server and the worker."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A worker like ours: a clock beside it in the same session, and a task that sleeps through TERM.
WORKER = """
    import os, pathlib, signal, subprocess, sys, time
    folder = pathlib.Path(sys.argv[1])
    if "stubborn" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    clock = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with (folder / "pids").open("a") as pids:
        pids.write(f"{os.getpid()} {clock.pid}\\n")
    time.sleep(600)
"""
SUPERVISOR = """
    import sys
    from config.supervisor import Program, Supervisor
    grace, *arguments = sys.argv[1:]
    worker = Program("worker", [sys.executable, *arguments])
    supervisor = Supervisor(lambda text: print(text, flush=True), grace_seconds=float(grace))
    supervisor.keep([worker], is_up=lambda: True, once_up=lambda: print("up", flush=True))
    print("ended", flush=True)
"""


def is_alive(pid: int) -> bool:
    """Running, not merely waiting for its parent to notice the end."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(is_so: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


class House:
    """A supervisor at work on one worker, in a folder whose name has a space."""

    def __init__(self, folder: Path, *manners: str, grace: float = 1.0) -> None:
        self.folder = folder
        script = folder / "worker.py"
        script.write_text(textwrap.dedent(WORKER))
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                textwrap.dedent(SUPERVISOR),
                str(grace),
                str(script),
                str(folder),
                *manners,
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        wait_until(lambda: len(self.workers()) == 1)

    def workers(self) -> list[list[int]]:
        """[worker, clock] for every start so far."""
        pids = self.folder / "pids"
        lines = pids.read_text().splitlines() if pids.exists() else []
        return [[int(pid) for pid in line.split()] for line in lines]

    def living(self) -> list[int]:
        return [pid for family in self.workers() for pid in family if is_alive(pid)]

    def press_ctrl_c(self) -> str:
        """Ctrl-C in the terminal reaches the supervisor's own group only."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.communicate(timeout=15)[0]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a place"
    folder.mkdir()
    yield folder
    for line in (folder / "pids").read_text().split():
        if is_alive(int(line)):
            os.kill(int(line), signal.SIGKILL)


pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def test_ctrl_c_ends_the_worker_and_its_clock(folder: Path) -> None:
    house = House(folder)
    output = house.press_ctrl_c()
    assert house.living() == []
    assert output.split() == ["up", "ended"]


def test_a_task_that_does_not_end_is_killed_after_the_grace(folder: Path) -> None:
    house = House(folder, "stubborn")
    pressed_at = time.monotonic()
    house.press_ctrl_c()
    assert house.living() == []
    assert time.monotonic() - pressed_at >= 1.0


def test_a_second_ctrl_c_does_not_wait_for_the_grace(folder: Path) -> None:
    house = House(folder, "stubborn", grace=60.0)
    os.killpg(house.process.pid, signal.SIGINT)
    time.sleep(0.2)
    house.press_ctrl_c()
    assert house.living() == []


def test_a_killed_worker_is_started_again_and_its_old_clock_does_not_ring_on(folder: Path) -> None:
    house = House(folder)
    [[worker, clock]] = house.workers()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: len(house.workers()) == 2)
    assert not is_alive(clock)
    assert len(house.living()) == 2
    assert "The worker ended (-9); again in 1 s." in house.press_ctrl_c()
    assert house.living() == []


def test_a_terminal_that_is_closed_ends_everything(folder: Path) -> None:
    house = House(folder)
    house.process.send_signal(signal.SIGHUP)
    assert house.process.wait(timeout=15) == 0
    assert house.living() == []


def test_a_step_is_ended_too_when_ctrl_c_comes_before_the_start(folder: Path) -> None:
    script = folder / "worker.py"
    script.write_text(textwrap.dedent(WORKER))
    step = f"""
        import sys
        from config.supervisor import Program, Supervisor
        step = Program("step", [sys.executable, {str(script)!r}, {str(folder)!r}])
        sys.exit(Supervisor(grace_seconds=1.0).complete(step))
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(step)], cwd=ROOT)
    wait_until(lambda: (folder / "pids").exists() and bool((folder / "pids").read_text()))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=15) == 130
    assert not any(is_alive(int(pid)) for pid in (folder / "pids").read_text().split())
