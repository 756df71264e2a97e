"""What a finished run is worth to somebody else: read back, rendered, verified, certified, compared, disputed.

Reads the folders of runs, which strangers hand over, and sends nothing. Knows every room below; ``command`` imports it.
"""
