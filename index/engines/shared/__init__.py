"""What every engine of ours computes alike: hashes, units of text, values of facets."""
