"""`make demo`: the main job, run through the real command line, with proofs by ordinary clients."""
