"""What lies on disk: packs of arrays, the postings in them, the table of contents beside them."""
