"""How fast, how small and how right the embedded engine is, side by side with peers:

`python -m bench`.
"""
