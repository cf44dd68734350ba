"""Providers of the embedded engine, called in-process through `engine.providers.port`."""
