"""Numbers as SVG and as text."""
