"""Floor 0: pure facts about errors, time, identifiers and the earth. Imports nothing of the project."""
