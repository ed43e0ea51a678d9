"""fewrec turns a handful of clicks into recommendations one can serve, explain and trust."""

__version__ = "0.1.0"
