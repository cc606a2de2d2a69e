"""Where profiles stand: those of the product, those of this installation, or any file by its path."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from common.refusals import Refused
from intake import profile as rules
from intake.profile import Profile, ProfileWrong

SHIPPED = Path(__file__).parent / "profiles"


class NoSuchProfile(Refused):
    """There is no such profile, or it cannot be read."""


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


def choices() -> list[tuple[str, str]]:
    """Name and title of every profile that can be read, for a form."""
    found = []
    for name in names():
        try:
            found.append((name, by_name(name).profile.title or name))
        except NoSuchProfile:
            continue
    return found


def by_name(name: str) -> Loaded:
    """A profile of the installation or of the product. Refuses anything that is not a plain name."""
    if re.fullmatch(r"[\w-]{1,60}", name):
        for folder in (own_folder(), SHIPPED):
            path = folder / f"{name}.toml"
            if path.is_file():
                return _loaded(path)
    raise NoSuchProfile(
        _('There is no profile "%(name)s". Name one of %(names)s, or give the path of a TOML file.')
        % {"name": name, "names": ", ".join(names())}
    )


def find(name_or_path: str) -> Loaded:
    """By path where such a file exists, else by name."""
    path = Path(name_or_path)
    if path.suffix == ".toml" or len(path.parts) > 1:
        if not path.is_file():
            raise NoSuchProfile(_("There is no file %(path)s. Check the path of the profile.") % {"path": name_or_path})
        return _loaded(path)
    return by_name(name_or_path)


def _loaded(path: Path) -> Loaded:
    try:
        content = path.read_bytes()
        return Loaded(rules.parse(content.decode("utf-8"), name=path.stem), hashlib.sha256(content).hexdigest())
    except (OSError, UnicodeDecodeError, ProfileWrong) as error:
        raise NoSuchProfile(
            _("The profile %(name)s cannot be used: %(why)s. Correct it and try again.")
            % {"name": path.name, "why": error}
        ) from error
