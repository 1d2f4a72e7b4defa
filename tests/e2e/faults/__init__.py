"""A phone under injected faults: a proxy that misbehaves, a probe in the page, and the ledger that counts."""
