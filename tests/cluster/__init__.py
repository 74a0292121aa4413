"""Faults of a real cluster: nodes and writers that are killed while others write and read."""
