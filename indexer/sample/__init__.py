"""Realistic sample reports, for trying and for load: `gongkai sample`."""
