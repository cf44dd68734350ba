"""What stands between the life cycle and the engine: built by `operations.compose` and by nobody else."""
