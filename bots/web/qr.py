"""An address as a picture for the camera of a phone."""

from __future__ import annotations

import segno


def qr_uri(address: str) -> str:
    """An SVG as a data URI, black on white in any colour scheme, with the margin that cameras need."""
    code = segno.make(address, error="m", micro=False)
    return code.svg_data_uri(border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False, nl=False)
