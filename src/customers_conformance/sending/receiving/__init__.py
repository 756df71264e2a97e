"""What comes back over the wire: its head, framing, bytes and coding, each within its bounds."""
