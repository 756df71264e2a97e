"""Bytes read as JSON, strictly and within bounds: a whole body, or a long list one item at a time."""
