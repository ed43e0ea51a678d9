"""Pure functions that say how good scores and lists are."""
