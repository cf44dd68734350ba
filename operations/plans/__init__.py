"""Saved plans: what stands in one, how it is signed, and when it may still be applied. Pure."""
