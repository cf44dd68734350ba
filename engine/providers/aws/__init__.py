"""AWS, table-driven over botocore's own shapes."""
