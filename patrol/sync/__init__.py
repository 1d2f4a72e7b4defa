"""Batches from phones and their receipts; the day's pack."""

from patrol.sync.derived import order_copies
from patrol.sync.feed import begin_epoch
from patrol.sync.models import Device, Receipt
from patrol.sync.rescue import import_rescue, public_key

__all__ = ["Device", "Receipt", "begin_epoch", "import_rescue", "order_copies", "public_key"]
