"""Desired state: a profile, its tier and facts become a blueprint, and a blueprint becomes a Pulumi program."""
