"""One writer per stack: leases with a heartbeat and a fencing token that only rises."""
