"""Says why, in words whose every claim stands in the evidence."""
