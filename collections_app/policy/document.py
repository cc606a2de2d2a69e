"""A policy as a document: what a version stores and what a file says.

A stored document is whole, so that a version stays as it was when a default of the product changes.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from collections_app.policy.keys import BY_PATH, CATALOGUE, SECTIONS, Key, Kind
from collections_app.policy.thresholds import Own, Policy

SEGMENTS = "segments"
BARE = re.compile(r"[A-Za-z0-9_-]+")


# What a version stores


def document_of(policy: Policy) -> dict[str, Any]:
    """Every value of the policy, as JSON keeps it."""
    found: dict[str, Any] = {}
    for key in CATALOGUE:
        put(found, key.section, key.name, key.value_in(policy))
    if policy.segments:
        found[SEGMENTS] = {name: _nested(own) for name, own in sorted(policy.segments.items())}
    return found


def policy_of(document: Mapping[str, Any]) -> Policy:
    """A stored document. What it lacks has the default: the key came with a later release of the product."""
    policy = Policy()
    for key in CATALOGUE:
        value = _get(document, key)
        if value is not None:
            policy = policy.having(key.section, **{key.name: value})
    own = {name: _own(values) for name, values in document.get(SEGMENTS, {}).items()}
    return replace(policy, segments=own)


def _own(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for key in CATALOGUE:
        value = _get(values, key)
        if value is not None:
            found.setdefault(key.section, {})[key.name] = value
    return found


def _get(document: Mapping[str, Any], key: Key) -> Any:
    found: Any = document
    for part in key.path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return tuple(found) if isinstance(found, list) else found


def _nested(own: Own) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for section, values in own.items():
        for name, value in values.items():
            put(found, section, name, value)
    return found


def put(document: dict[str, Any], section: str, name: str, value: Any) -> None:
    inner = document
    for part in section.split(".") if section else ():
        inner = inner.setdefault(part, {})
    inner[name] = list(value) if isinstance(value, tuple) else value


def digest(document: Mapping[str, Any]) -> str:
    """The same document gives the same digest, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# What a file says


def as_toml(policy: Policy) -> str:
    """Every value of the policy; read again it gives the same one."""
    lines = [_line(key, key.value_in(policy)) for key in CATALOGUE if not key.section]
    for section in filter(None, SECTIONS):
        lines += ["", f"[{section}]"]
        lines += [_line(key, key.value_in(policy)) for key in CATALOGUE if key.section == section]
    for name, own in sorted(policy.segments.items()):
        for section, values in own.items():
            lines += ["", f"[{'.'.join(filter(None, (SEGMENTS, quoted(name), section)))}]"]
            lines += [_line(BY_PATH[f"{section}.{key}"], value) for key, value in values.items()]
    return "\n".join(lines) + "\n"


def _line(key: Key, value: Any) -> str:
    return f"{key.name} = {literal(key, value)}"


def literal(key: Key, value: Any) -> str:
    if key.kind == Kind.TIME:
        return f"{value // 60:02}:{value % 60:02}:00"
    if key.kind in (Kind.AMOUNT, Kind.SHARE, Kind.FACTOR, Kind.WORD):
        return _string(value)
    if key.kind == Kind.FACTORS:
        return f"[{', '.join(_string(one) for one in value)}]"
    return text_of(key, value)


def text_of(key: Key, value: Any) -> str:
    """A value in plain characters: 60, 5.00, [30, 60], true, 09:00."""
    if key.kind == Kind.TIME:
        return f"{value // 60:02}:{value % 60:02}"
    return shown(value)


def shown(value: Any) -> str:
    """As it stood in the file, not too long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(shown(one) for one in value[:10])}]"[:100]
    return str(value)[:100]


def quoted(name: str) -> str:
    """A segment's name as a part of a path."""
    return name if BARE.fullmatch(name) else _string(name)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def changes(before: Policy, after: Policy) -> Sequence[tuple[str, str, str]]:
    """The paths at which two policies differ, with both values; a segment's own value may be empty on one side."""
    found = [
        (key.path, text_of(key, key.value_in(before)), text_of(key, key.value_in(after)))
        for key in CATALOGUE
        if key.value_in(before) != key.value_in(after)
    ]
    for name in sorted({*before.segments, *after.segments}):
        for key in CATALOGUE:
            was, becomes = (
                policy.segments.get(name, {}).get(key.section, {}).get(key.name) for policy in (before, after)
            )
            if was != becomes:
                said = ["" if one is None else text_of(key, one) for one in (was, becomes)]
                found.append((f"{SEGMENTS}.{quoted(name)}.{key.path}", said[0], said[1]))
    return found
