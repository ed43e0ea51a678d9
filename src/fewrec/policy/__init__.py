"""Decides what to show: slates drawn with exact propensities, and heads that learn at once."""
