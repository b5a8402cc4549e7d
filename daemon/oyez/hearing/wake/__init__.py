"""Wake and stop words: engines, judges, and the bank of them. Pure."""
