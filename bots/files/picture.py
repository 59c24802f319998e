"""Turns what is said to be a picture into a plain JPEG that carries nothing but the picture. Runs only in the process
that is kept apart: what it reads may have been made to harm."""

from __future__ import annotations

import io
import math
import warnings

from PIL import ExifTags, Image, ImageCms, ImageOps

from bots.files.answers import Refused, Taken
from bots.files.kinds import PHOTO

PIXELS_MOST = 50_000_000
"""That a picture may announce; more is not decoded at all."""
SIDE_MOST = 2560
RATIO_MOST = 20
"""Of the sides (core.telegram.org/bots/api#sendphoto; dev.vk.com, «Загрузка файлов»: 1:20)."""
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
WHITE = (255, 255, 255)
_SECOND = (1, 60, 3600)
"""Degrees, minutes and seconds of an angle, in parts of a degree."""


def decode(content: bytes) -> Taken | Refused:
    Image.MAX_IMAGE_PIXELS = PIXELS_MOST
    warnings.simplefilter("ignore")  # notes that make no sense are no reason to refuse a picture
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with _open(content) as image:
            if math.prod(image.size) > PIXELS_MOST:
                return Refused("pixels")
            lat, lon = _place(image)
            return Taken(_encoded(_plain(image)), PHOTO, lat, lon)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Refused("pixels")
    except Exception:  # noqa: BLE001 - decoders raise everything; whatever it was, the picture cannot be read
        return Refused("unreadable")


def _open(content: bytes) -> Image.Image:
    if content[4:8] != b"ftyp":
        return Image.open(io.BytesIO(content), formats=FORMATS)
    import pillow_heif  # noqa: PLC0415 - a library of its own, for those pictures only

    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)
    return Image.open(io.BytesIO(content), formats=("HEIF",))


def _plain(image: Image.Image) -> Image.Image:
    """Small first: everything after it is quick. A JPEG is even decoded smaller."""
    image.draft(None, (SIDE_MOST, SIDE_MOST))
    profile = image.info.get("icc_profile")
    if image.mode == "P":
        image = image.convert("RGBA")
    elif image.mode.startswith(("I", "F")) or image.mode == "1":
        image = image.convert("L")
    image.thumbnail((SIDE_MOST, SIDE_MOST))
    turned = _upright(image)
    seen = turned.convert("RGBA") if turned.has_transparency_data else _in_srgb(turned, profile)
    clean = Image.new("RGB", _shape(seen.size), WHITE)
    middle = ((clean.width - seen.width) // 2, (clean.height - seen.height) // 2)
    clean.paste(seen, middle, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    return clean


def _shape(size: tuple[int, int]) -> tuple[int, int]:
    """A strip that is narrower gets margins: messengers take no such picture."""
    narrowest = math.ceil(max(size) / RATIO_MOST)
    return max(size[0], narrowest), max(size[1], narrowest)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - as it lies, then
        return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A profile that is none changes nothing."""
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            theirs, ours = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, theirs, ours, outputMode="RGB") or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB")


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _place(image: Image.Image) -> tuple[float, float] | tuple[None, None]:
    """Where it was taken, if it says so and can be there."""
    try:
        gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    except Exception:  # noqa: BLE001 - the picture may be good where its notes are not
        return None, None
    there = abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    return (lat, lon) if there else (None, None)


def _degrees(parts: tuple[float, ...], side: str, negative: str) -> float:
    angle = sum(float(part) / by for part, by in zip(parts, _SECOND, strict=True))
    if not math.isfinite(angle):
        raise ValueError("Not an angle.")
    return round(-angle if str(side).strip("\0 ").upper() == negative else angle, 6)
