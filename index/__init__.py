"""What a report, a token, a query and an answer are: the middle that the write side and the read
side share.
"""
