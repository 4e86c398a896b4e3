"""Environments as users describe them: which packages, which Python, which variables a job runs with."""
