"""What tenants use of what they are given by the month. Pure, but for the ports."""
