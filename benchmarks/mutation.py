"""How many deliberate mistakes in the rules of money, terms, proposals and the gate the rule tests find.

    make mutation

mutmut copies the product into mutants/, changes one thing at a time (`[tool.mutmut]` in pyproject.toml says where) and
runs the rule tests. What no test noticed is listed; below 90 of a hundred it ends with an error.
"""

import json
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

FOLDER = Path("mutants")
ASKED = 0.90
FOUND = ("killed", "timeout")


def mutmut(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-m", "mutmut", *arguments], check=False, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit(f"mutmut {' '.join(arguments)} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    print(
        "Some thousand mistakes are tried, one after the other; this takes ten minutes on two idle cores.", flush=True
    )
    mutmut("run")
    mutmut("export-cicd-stats")
    found = json.loads((FOLDER / "mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    files: dict[str, Counter[str]] = defaultdict(Counter)
    for line in mutmut("results", "--all", "true").splitlines():
        name, _, fate = line.strip().partition(": ")
        if not fate:
            continue
        files[name.rpartition(".")[0]][fate] += 1
        if fate not in FOUND:
            print(f"\n{name}: {fate}")
            print("\n".join(row for row in mutmut("show", name).splitlines() if row[:1] in "+-"))
    print()
    for file, fates in sorted(files.items()):
        print(f"{file:40} {sum(fates[fate] for fate in FOUND):5} of {fates.total():5}")
    score = (found["killed"] + found["timeout"]) / found["total"]
    shutil.rmtree(FOLDER)
    print(f"\n{found['killed']} of {found['total']} mistakes were found: {score:.1%} (asked: {ASKED:.0%}).")
    sys.exit(score < ASKED)


if __name__ == "__main__":
    main()
