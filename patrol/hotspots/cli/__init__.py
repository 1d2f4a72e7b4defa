"""``patrol hotspots …``: the statistics of the pages, on files."""

from patrol.hotspots.cli import commands, events  # noqa: F401  (their commands)
from patrol.hotspots.cli.options import group

__all__ = ["group"]
