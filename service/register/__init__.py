"""What the registry holds and what may be done with it; no HTTP, no HTML."""
