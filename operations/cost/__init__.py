"""What tenants cost, before and after: prices, estimates, and whose cost can be told by its tags. Pure."""
