"""Batches from phones and their receipts; the day's pack."""

from patrol.sync.derived import order_copies
from patrol.sync.models import Device, Receipt
from patrol.sync.rescue import import_rescue, public_key

__all__ = ["Device", "Receipt", "import_rescue", "order_copies", "public_key"]
