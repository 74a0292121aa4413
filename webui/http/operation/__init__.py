"""What an operator sets and sees: places for exports, processes, logs, failed searches."""
