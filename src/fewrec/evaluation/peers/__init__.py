"""Other libraries beside fewrec: each in an environment of its own, on the same splits."""
