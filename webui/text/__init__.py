"""Text plus spans -> markup: the text is escaped, and what lies on it is put around it."""
