"""Programs that run in another library's environment: NumPy, SciPy and that library, no fewrec."""
