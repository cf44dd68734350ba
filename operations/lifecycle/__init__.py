"""Use cases, one module each. They may use the ports and pure cores beside them, never each other."""
