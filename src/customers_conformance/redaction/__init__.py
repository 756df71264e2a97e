"""What is struck out of evidence before it is judged, shown or stored.

Knows the contract, the placeholders and the model; works on bytes, so it knows nothing of bodies that parse. Only
``running`` imports it.
"""
