"""The funnel: what views and carts say of the purchases that are ranked for."""
