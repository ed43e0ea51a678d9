"""Versions of the store's tables, from the first on."""
