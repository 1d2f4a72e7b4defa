"""What a court may rely on: the signed audit chain, the export for a case, and its verifier.

The room stands above sync, because the canonical body of a record, which its hash covers, lies in sync's receipts.
"""

from patrol.evidence.models import CaseExport, ChainSignature

__all__ = ["CaseExport", "ChainSignature"]
