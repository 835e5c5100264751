"""Pages and the programming interface."""
