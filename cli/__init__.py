"""The command line: people, CI pipelines and finance."""
