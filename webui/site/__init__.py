"""The pages about this site."""
