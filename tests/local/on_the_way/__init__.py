"""What is looked at between two steps of a run: `stepping` lets a test look, `halfway` says what is there then,
`patrol` runs the verifier's assertions on it.
"""
