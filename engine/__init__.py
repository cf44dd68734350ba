"""Runs Pulumi programs: previews, applies, refreshes and destroys stacks, on the embedded engine or the Pulumi CLI."""
