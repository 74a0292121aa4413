"""Whoosh's own files: the schema, posting lists, terms and columns that stock Whoosh reads."""
