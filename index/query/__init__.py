"""From what a reader types to what an engine is asked."""
