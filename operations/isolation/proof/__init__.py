"""Does any request exist by which a principal reaches a thing? A prover over IAM policies, on z3. Pure.

`policy` and `world` say what is there, `request` what may be asked, `encode` turns both into logic, `prove` asks the
solver, and `concrete`, which knows no solver, confirms every answer that opens something.
"""
