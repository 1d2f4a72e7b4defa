"""Batches from phones and their receipts; the day's pack."""

from patrol.sync.models import Device, Receipt

__all__ = ["Device", "Receipt"]
