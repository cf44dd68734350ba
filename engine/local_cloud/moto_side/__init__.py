"""Process 1: moto's own app, with a real PostgreSQL behind each RDS instance and IAM asked of the other process."""
