"""What every room knows: the report, its fields and figures, settings, errors, JSON.

It imports nothing else of ours but `index.words`.
"""
