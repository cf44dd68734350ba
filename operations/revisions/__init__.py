"""What was edited since a revision, and which tenants that concerns."""
