"""What pages say: labels, messages, the query language as the help page tells it."""
