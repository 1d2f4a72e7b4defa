"""传销人员信息库: persons met in an action, sealed by field, looked up exactly, revealed for a purpose, forgotten."""
