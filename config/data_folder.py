"""The folder of one installation: database file, broker, documents, the secret."""

import os
import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """PAYROUND_DATA_DIR, or `var/` beside the code; a relative one counts from the code."""
    return folder(BASE_DIR / (os.environ.get("PAYROUND_DATA_DIR") or "var"))


def folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def kept_secret(path: Path) -> str:
    """The installation's own secret: made once, readable by its owner alone.

    Two processes that start together agree on one: the draft is linked into place whole, by the first.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
