"""Scores for items from few examples."""
