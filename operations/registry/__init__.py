"""What is known of tenants, shared services and runs: one port, a SQL adapter and one in memory."""
