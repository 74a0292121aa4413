"""What helps a reader ask: vocabulary, completions, corrections, boosts."""
