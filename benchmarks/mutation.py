"""How many deliberate mistakes in the rules of allocation, ageing and money the rule tests find.

    make mutation

mutmut copies the product into mutants/, changes one thing at a time (`[tool.mutmut]` in pyproject.toml says where) and
runs the rule tests. What no test noticed is listed; below 90 of a hundred it ends with an error.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path("mutants")
ASKED = 0.90


def mutmut(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-m", "mutmut", *arguments], check=False, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit(f"mutmut {' '.join(arguments)} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    print("Some hundred mistakes are tried, one after the other; this takes a few minutes.", flush=True)
    mutmut("run")
    mutmut("export-cicd-stats")
    found = json.loads((FOLDER / "mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    for line in mutmut("results").splitlines():
        name, _, fate = line.strip().partition(": ")
        if fate and fate != "killed":
            print(f"\n{name}: {fate}")
            print("\n".join(row for row in mutmut("show", name).splitlines() if row[:1] in "+-"))
    score = (found["killed"] + found["timeout"]) / found["total"]
    shutil.rmtree(FOLDER)
    print(f"\n{found['killed']} of {found['total']} mistakes were found: {score:.1%} (asked: {ASKED:.0%}).")
    sys.exit(score < ASKED)


if __name__ == "__main__":
    main()
