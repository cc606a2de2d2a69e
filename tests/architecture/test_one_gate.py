"""Goods leave through one gate: whoever else writes a release, or the state that needs one, fails here."""

import ast
from pathlib import Path

from tests.architecture.test_floors import ROOT, modules

WRITER = ROOT / "contracts" / "release.py"
LEFT = {"RELEASED", "DELIVERED", "RETURNED"}
#: Who may move a shipment that has its release already: handing it over, and taking it back.
AFTER_THE_GATE = {ROOT / "contracts" / "services" / "shipment.py": {"DELIVERED", "RETURNED"}}


def named(node: ast.AST) -> set[str]:
    """States of a shipment that an expression names, as enum member or as text."""
    found = {leaf.attr for leaf in ast.walk(node) if isinstance(leaf, ast.Attribute) and leaf.attr in LEFT}
    texts = {leaf.value for leaf in ast.walk(node) if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)}
    return found | {text.upper() for text in texts if text.upper() in LEFT}


def written(tree: ast.AST) -> set[str]:
    """States that a module assigns, or gives to `update`, `create` or a model as `state=`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(ast.unparse(target).endswith(".state") for target in node.targets):
            found |= named(node.value)
        if isinstance(node, ast.Call) and not ast.unparse(node.func).endswith(("filter", "exclude", "Q")):
            found |= {state for key in node.keywords if key.arg == "state" for state in named(key.value)}
    return found


def makes_a_release(tree: ast.AST) -> bool:
    """Adds rows of `Release`, or ties one to a shipment."""
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    ties = [
        ast.unparse(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr in {"release", "release_id"}
    ]
    return bool(ties) or any(call == "Release" or call.startswith("Release.objects.") for call in calls)


def speaks_of_shipments(path: Path) -> bool:
    return "Shipment" in path.read_text()


def test_one_module_writes_that_a_shipment_has_left():
    writers = {
        path: states
        for path in modules()
        if "/migrations/" not in str(path) and speaks_of_shipments(path)
        if (states := written(ast.parse(path.read_text())))
    }
    gate = ROOT / "collections_app" / "gate" / "services.py"  # names the state that `contracts.release` writes

    assert {path: states for path, states in writers.items() if path not in {WRITER, gate, *AFTER_THE_GATE}} == {}
    assert all(writers[path] <= allowed for path, allowed in AFTER_THE_GATE.items())
    assert "RELEASED" not in writers.get(gate, set())


def test_one_module_makes_releases_and_only_the_gate_calls_it():
    makers = [path for path in modules() if makes_a_release(ast.parse(path.read_text()))]
    callers = [
        path
        for path in modules()
        if "release"
        in {
            alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module == "contracts"
            for alias in node.names
        }
    ]

    assert makers == [WRITER]
    assert callers == [ROOT / "collections_app" / "gate" / "services.py"]


def test_a_second_writer_would_be_found():
    """The control: each way in which goods could leave beside the gate."""
    beside = (
        "Shipment.objects.filter(pk=1).update(state=Shipment.State.RELEASED)",
        "shipment.state = Shipment.State.RELEASED",
        "Shipment.objects.create(state='released')",
        "Shipment(state=Shipment.State.DELIVERED)",
    )

    assert [written(ast.parse(line)) for line in beside] == [{"RELEASED"}, {"RELEASED"}, {"RELEASED"}, {"DELIVERED"}]
    assert makes_a_release(ast.parse("Release.objects.create(kind='passed')"))
    assert makes_a_release(ast.parse("shipment.release = made"))
    assert written(ast.parse("Shipment.objects.filter(state=Shipment.State.RELEASED)")) == set()
