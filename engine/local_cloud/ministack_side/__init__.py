"""Process 2: MiniStack's own app, with a real Valkey behind each replication group, and IAM for both processes."""
