"""Dens and what was done about them."""

from patrol.enforcement.models import Den

__all__ = ["Den"]
