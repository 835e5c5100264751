"""The registry service: what is held, and everything people meet."""
