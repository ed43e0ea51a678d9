"""Searching for better settings of a fit, on the training part only."""
