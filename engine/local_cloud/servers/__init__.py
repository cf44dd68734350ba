"""The real servers behind emulated services, and keeping them as they are wanted."""
