"""Hypothesis' tables of characters by their category, one for each release of Unicode: that of Python 3.11 to 3.13.

Each is what Hypothesis itself leaves in ``.hypothesis/unicode_data/RELEASE/charmap.json.gz`` under such a Python.
"""
