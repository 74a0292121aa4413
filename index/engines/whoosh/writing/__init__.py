"""From documents to a commit: batches, runs, merged segments."""
