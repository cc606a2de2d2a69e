"""Where profiles stand: those of the product, those of this installation, or any file by its path."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from common.refusals import Refused
from intake import profile as rules
from intake.profile import Profile, ProfileWrong

LABELS = {
    "receivables": _lazy("Receivables"),
    "contracts": _lazy("Contracts"),
    "price-lines": _lazy("Price lines"),
    "shipments": _lazy("Shipments"),
}
SHIPPED = Path(__file__).parent / "profiles"


class NoSuchProfile(Refused):
    """There is no such profile, or it cannot be read."""


class WrongKind(Refused):
    """The profile reads other files than those that are said to come."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A profile, and the hash of its text: another text reads the same file anew."""

    profile: Profile
    sha256: str

    @property
    def name(self) -> str:
        return self.profile.name[:60]


def own_folder() -> Path:
    """Profiles of this installation: offered on the page and found by name, like those of the product."""
    return Path(settings.DATA_DIR) / "profiles"


def names() -> list[str]:
    return sorted(
        {path.stem for folder in (SHIPPED, own_folder()) if folder.is_dir() for path in folder.glob("*.toml")}
    )


def choices() -> list[tuple[Any, list[tuple[str, str]]]]:
    """Name and title of every profile that can be read, under what its file holds, for a form."""
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in rules.KINDS}
    for name in names():
        try:
            profile = by_name(name).profile
        except NoSuchProfile:
            continue
        found[profile.kind].append((name, profile.title or name))
    return [(LABELS[kind], some) for kind, some in found.items() if some]


def by_name(name: str, *, kind: str = "") -> Loaded:
    """A profile of the installation or of the product. Refuses anything that is not a plain name.

    With `kind` it has to be one for files that hold this.
    """
    if re.fullmatch(r"[\w-]{1,60}", name):
        for folder in (own_folder(), SHIPPED):
            path = folder / f"{name}.toml"
            if path.is_file():
                return _loaded(path, kind)
    raise NoSuchProfile(
        _('There is no profile "%(name)s". Name one of %(names)s, or give the path of a TOML file.')
        % {"name": name, "names": ", ".join(names())}
    )


def find(name_or_path: str, *, kind: str = "") -> Loaded:
    """By path where such a file exists, else by name."""
    path = Path(name_or_path)
    if path.suffix == ".toml" or len(path.parts) > 1:
        if not path.is_file():
            raise NoSuchProfile(_("There is no file %(path)s. Check the path of the profile.") % {"path": name_or_path})
        return _loaded(path, kind)
    return by_name(name_or_path, kind=kind)


def _loaded(path: Path, kind: str) -> Loaded:
    try:
        content = path.read_bytes()
        profile = rules.parse(content.decode("utf-8"), name=path.stem, kind=kind)
    except (OSError, UnicodeDecodeError, ProfileWrong) as error:
        raise NoSuchProfile(
            _("The profile %(name)s cannot be used: %(why)s. Correct it and try again.")
            % {"name": path.name, "why": error}
        ) from error
    if kind and profile.kind != kind:
        raise WrongKind(
            _("The profile %(name)s reads files of this kind: %(theirs)s. For this kind choose another: %(ours)s.")
            % {"name": path.stem, "theirs": LABELS[profile.kind], "ours": LABELS[kind]}
        )
    return Loaded(profile, hashlib.sha256(content).hexdigest())
