"""HyperDrive's words: what is varied, how it is chosen, what is ended early; this version runs no sweeps."""
