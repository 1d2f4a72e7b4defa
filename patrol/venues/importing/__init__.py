"""Files on their way into the register: read, matched, checked, decided, stored in one go.

The reading half knows nothing of venues; the findings room uses it for past findings.
"""
