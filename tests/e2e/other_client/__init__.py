"""A client of another make, written from the words of docs/sync.md alone: the standard library, and nothing of ours."""
