"""What sends, and the only package that does: the target, its transport, and the credentials that requests carry.

Knows the model and the placeholders, nothing of judging. Only ``running`` and ``command`` may import it.
"""
