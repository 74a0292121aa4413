"""From bytes to reports in an index: the write side."""
