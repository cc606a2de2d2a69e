"""`make run`: prepare the installation, then keep its web server and its worker alive until Ctrl-C."""

import fcntl
import os
import socket
import sys
from pathlib import Path
from typing import IO

from config.data_folder import BASE_DIR, data_folder
from config.supervisor import Program, Supervisor

HERE = "127.0.0.1"


def say(text: str) -> None:
    print(text, flush=True)


def answers(port: int) -> bool:
    """Does anybody listen on that port of this machine?"""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HERE, port)) == 0


def sole_user_of(folder: Path) -> IO[str] | None:
    """Two supervisors on one data folder would ring every bell twice. The lock ends with the process."""
    lock = (folder / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    return lock


def first_start() -> Program:
    return Program("preparation", [sys.executable, "-m", "config.first_start"])


def web(port: int) -> Program:
    address = HERE if not os.environ.get("ALLOWED_HOSTS") else "0.0.0.0"  # noqa: S104  (asked for by name)
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{address}:{port}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    command += ["--timeout", "30", "--graceful-timeout", "6", "--log-level", "warning", "--no-control-socket"]
    command += ["--max-requests", "2000", "--max-requests-jitter", "200"]
    return Program("web server", command)


def worker() -> Program:
    """One worker with the clock inside. On the broker of files it must be a single process."""
    pool = ["--pool", "prefork", "--concurrency", "2"] if os.environ.get("REDIS_URL") else ["--pool", "solo"]
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "config", "worker", "--beat", *pool]
    command += ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    # On one's own machine it may be root, in a container say; it reads JSON only.
    return Program("worker", command, {"PYTHONWARNINGS": "ignore:You're running the worker"})


def main() -> int:
    os.chdir(BASE_DIR)  # `-m` finds the packages here, whatever the folder is called
    port = int(os.environ.get("PORT") or 8000)
    if answers(port):
        say(f"Port {port} is in use by another program. End it, or choose another: PORT={port + 1} make run")
        return 1
    lock = sole_user_of(data_folder())
    if lock is None:
        say(f"Payround already runs on {data_folder()}. End it first, or choose another PAYROUND_DATA_DIR.")
        return 1

    supervisor = Supervisor(say)
    status = supervisor.complete(first_start())
    if status:
        return status
    address = f"http://{HERE}:{port}/"
    supervisor.keep(
        [web(port), worker()],
        is_up=lambda: answers(port),
        once_up=lambda: say(f"\nPayround is at {address}   (Ctrl-C ends it)"),
    )
    say("Payround has ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
