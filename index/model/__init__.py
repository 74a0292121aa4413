"""What every room knows: the report, its fields and figures, settings, errors, JSON.

It needs nothing else of ours.
"""
