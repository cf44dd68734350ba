"""Loopback addresses and ports, certificates, and the gateway that adds TLS."""
