"""Code that was written for the Azure ML SDK v1: what of it works."""
