"""E1, E2, E3, E8: what a night costs, against the bare writing of its result, against loops, and in memory.

    .venv/bin/python -m tests.on_services .venv/bin/python -m benchmarks.engine --open 100000 --json
    env -u DATABASE_URL .venv/bin/python -m benchmarks.engine --open 100000 --json     (on SQLite)

Makes a database of its own, fills it with the book of `benchmarks.book`, and drops it at the end. Loops over single
rows are tried up to 10,000 open items only; above, their ratios are null.
"""

import argparse
import json
import sys
from typing import Any

from benchmarks import own_database

MOST_FOR_LOOPS = 10_000
HEADLINE = 2_000  # touched rows of which the figure per row is told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--open", type=int, default=10_000, help="open due items (default 10000)")
    parser.add_argument("--without-night", action="store_true", help="leave the whole night out")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inside", choices=STAGES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(STAGES[options.inside](options.open)))
        return
    if options.open < 500:
        parser.error("--open is at least 500: below that there is not one of everything.")
    found = measure(options.open, with_night=not options.without_night)
    print(json.dumps(found, indent=2) if options.json else as_text(found))
    sys.exit(0 if found["checksums_equal"] else "The results differ: see the checksums.")


def measure(open_items: int, *, with_night: bool = True) -> dict[str, Any]:
    with own_database.own_database("engine") as stage:
        size = ["--open", str(open_items)]
        filled = stage(["fill", *size])
        engine = stage(["engine", *size])
        night = stage(["night", *size]) if with_night else None
        loops = stage(["loops", *size]) if open_items <= MOST_FOR_LOOPS else {}
    headline = min(engine["incremental"], key=lambda one: abs(one["touched"] - HEADLINE))
    return {
        "open": open_items,
        "floor_seconds": engine["floor"]["seconds"],
        "full_seconds": engine["full"]["seconds"],
        "full_to_floor": round(engine["full"]["seconds"] / engine["floor"]["seconds"], 2),
        "incremental": engine["incremental"],
        "microseconds_per_touched_row": headline["microseconds_per_touched_row"],
        "naive_save_ratio": loops.get("save_ratio"),
        "bulk_update_ratio": loops.get("bulk_update_ratio"),
        "checksums_equal": engine["checksums_equal"] and loops.get("checksums_equal", True),
        "peak_megabytes": {"engine": engine["peak_megabytes"], "night": night and night["peak_megabytes"]},
        "machine": filled["machine"],
        "fill": filled,
        "engine": {name: one for name, one in engine.items() if name != "incremental"},
        "night": night,
        "loops": loops or None,
    }


def as_text(found: dict[str, Any]) -> str:
    engine, loops = found["engine"], found["loops"]
    lines = [
        f"{found['open']:,} open due items; {found['machine']}; filled in {found['fill']['seconds']} s",
        f"{'bare insert of the result (floor)':45} {_of(engine['floor'])}",
        f"{'full classification':45} {_of(engine['full'])}   {found['full_to_floor']} times the floor",
        f"{'full, nothing changed':45} {_of(engine['full_unchanged'])}",
        f"{'full, three of a hundred changed':45} {_of(engine['full_3_percent_changed'])}",
        f"{'noting last movements':45} {engine['movements_seconds']:9.3f} s",
    ]
    for one in found["incremental"]:
        name = f"incremental night, {one['touched']:,} touched"
        lines.append(f"{name:45} {_of(one)}   {one['microseconds_per_touched_row']} µs a row")
    for name in ("save", "bulk_update") if loops else ():
        seconds, ratio = loops[f"{name}_seconds"], loops[f"{name}_ratio"]
        lines.append(f"{f'loop with {name}()':45} {seconds:9.3f} s   {ratio} times ours")
    lines.append(f"peak of memory in MB: {found['peak_megabytes']}; results equal: {found['checksums_equal']}")
    for step in (found["night"] or {}).get("steps", []):
        name = f"night: {step['name']}"
        lines.append(f"{name:45} {step['seconds']:9.3f} s   {step['rows']:,} rows, peak {step['peak_megabytes']} MB")
    return "\n".join(lines)


def _of(one: dict[str, Any]) -> str:
    log = one.get("log_bytes")
    return f"{one['seconds']:9.3f} s" + (f"   {log / 2**20:.1f} MB of log" if log is not None else "")


def _fill(open_items: int) -> dict[str, Any]:
    own_database.ready(is_new=True)
    from benchmarks import filling  # models need Django first

    seconds = own_database.once(lambda: filling.fill(open_items))
    return {
        "seconds": round(seconds, 1),
        "peak_megabytes": own_database.peak_megabytes(),
        "machine": own_database.machine(),
    }


def _engine(open_items: int) -> dict[str, Any]:
    own_database.ready()
    from benchmarks import classifying

    return classifying.measure(open_items)


def _night(open_items: int) -> dict[str, Any]:
    own_database.ready()
    from benchmarks import classifying

    return classifying.whole_night()


def _loops(open_items: int) -> dict[str, Any]:
    own_database.ready()
    from benchmarks import loops

    return loops.measure()


STAGES = {"fill": _fill, "engine": _engine, "night": _night, "loops": _loops}


if __name__ == "__main__":
    main()
