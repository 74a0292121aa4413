"""What compares reports: shared passages, series of years, coverage, sums over many."""
