"""Photos that people send: looked at, made smaller and written anew, so that nothing but the picture is kept.

The place where a photo was taken, and whatever else a file may carry beside its picture, is left behind.
"""

import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from common.refusals import Refused

LARGEST = 5 * 1024 * 1024  # bytes sent
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2000  # pixels kept
FORMATS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPE = "image/jpeg"


class NotAPhoto(Refused):
    """Too large, or no picture."""


def check_size(size: int) -> None:
    if size > LARGEST:
        raise NotAPhoto(_("The photo is larger than 5 MB. Take it again with a lower resolution."))


def cleaned(content: bytes) -> bytes:
    """The picture alone, as JPEG, upright and no longer than 2000 pixels."""
    check_size(len(content))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise NotAPhoto(_("The photo has too many pixels. Take it again with a lower resolution."))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
    ):
        raise NotAPhoto(_("This file is no photo. Choose a picture in JPEG, PNG or WebP.")) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()
