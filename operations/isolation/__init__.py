"""What keeps tenants apart, shown: claims, their proofs, their probes."""
