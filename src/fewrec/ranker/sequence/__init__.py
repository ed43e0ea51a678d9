"""Order: what follows what within a visit, what goes with it, and what the moment says."""
