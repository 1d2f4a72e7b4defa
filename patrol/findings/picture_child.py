"""Re-encodes one untrusted picture: bytes on stdin, a clean JPEG on stdout. Run in a process of its own.

A decoder is the most attacked code of any upload. This file is started by path, imports nothing of the program,
bounds its own memory and time first, looks at the header's size before decoding, and writes pixels only: no
EXIF, no GPS, no colour profile survives. Exit codes: 0 done, 3 not a picture, 4 too large.
"""

from __future__ import annotations

import io
import resource
import sys

NOT_A_PICTURE, TOO_LARGE = 3, 4


def main(most_pixels: int, longest_px: int, memory_mb: int, cpu_s: int) -> int:
    """Read, decode, turn upright, shrink, encode."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # our own check below is the one that counts
    try:
        picture = Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("JPEG", "PNG", "WEBP"))
        if picture.width * picture.height > most_pixels or max(picture.size) > 65_500:
            return TOO_LARGE
        picture.draft("RGB", (longest_px, longest_px))
        picture.load()
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except MemoryError:
        return TOO_LARGE
    except Exception:
        return NOT_A_PICTURE
    upright.thumbnail((longest_px, longest_px))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    encoded = io.BytesIO()
    clean.save(encoded, "JPEG", quality=82, optimize=True, progressive=True)
    sys.stdout.buffer.write(encoded.getvalue())
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:5])))
