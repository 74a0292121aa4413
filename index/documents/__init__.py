"""A report on its way into an index and out again: made ready, kept, exported."""
