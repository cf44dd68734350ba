"""One module a command or noun; bodies are short and import what they use."""
