"""Pictures from strangers: bombs, lies and metadata end in the child process."""

import io
import struct
import zlib

import pytest
from PIL import Image

from patrol.core.errors import PatrolError
from patrol.findings import display_copy
from patrol.infra.config import read_settings
from tests.factories.patrols import jpeg


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return read_settings({"DATA_DIR": str(tmp_path_factory.mktemp("data")), "PHOTO_MAX_PIXELS": "2000000"})


def png_header(width, height):
    """A PNG whose header promises more than it holds."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    body = zlib.compress(bytes(1000))
    data = b"IDAT" + body
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", len(body))
        + data
        + struct.pack(">I", zlib.crc32(data))
    )


def test_a_picture_comes_back_clean_upright_and_small(settings):
    wide = Image.new("RGB", (1900, 900), (9, 99, 9))
    told = Image.Exif()
    told[0x0112] = 6
    out = io.BytesIO()
    wide.save(out, "JPEG", exif=told)
    copy = Image.open(io.BytesIO(display_copy(out.getvalue(), settings)))
    assert (copy.format, max(copy.size) <= 1600, copy.height > copy.width) == ("JPEG", True, True)
    assert not copy.getexif()
    assert "icc_profile" not in copy.info


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "findings.not_a_picture"),
        (b"<svg onload=alert(1)>", "findings.not_a_picture"),
        (b"\xff\xd8\xff\xe0 and then nothing", "findings.not_a_picture"),
        (jpeg()[:200], "findings.not_a_picture"),
        (b"GIF89a" + bytes(50), "findings.not_a_picture"),
        (png_header(60_000, 60_000), "findings.picture_too_large"),
        (png_header(3000, 3000), "findings.picture_too_large"),
        (png_header(500, 500), "findings.not_a_picture"),
    ],
)
def test_what_is_no_picture_or_gigantic_is_refused(settings, data, code):
    with pytest.raises(PatrolError) as refused:
        display_copy(data, settings)
    assert refused.value.code == code


def test_more_bytes_than_allowed_are_not_even_opened(settings):
    from dataclasses import replace

    with pytest.raises(PatrolError) as refused:
        display_copy(jpeg(), replace(settings, PHOTO_MAX_BYTES=100))
    assert refused.value.code == "findings.picture_too_large"
