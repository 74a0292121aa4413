"""From text to index form and words, with the way back."""
