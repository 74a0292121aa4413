"""The pages that compare: bodies, reports abreast, coverage, numbers."""
