"""The page of one report."""
