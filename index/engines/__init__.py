"""The engines behind the seam; `opening` is the one place that chooses between them."""
