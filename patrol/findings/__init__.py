"""What a visit established: checklist, text, photos."""

from patrol.findings.models import Checklist, Finding, Photo

__all__ = ["Checklist", "Finding", "Photo"]
