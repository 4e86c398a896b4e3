"""Runs submitted jobs: agent, runner, environments and the back ends that they run on."""
