"""Honest measurements: protocols, tables, figures, reports."""
