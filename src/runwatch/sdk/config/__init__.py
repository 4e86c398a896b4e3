"""What a submission is described with: scripts, run configurations, kinds of distribution."""
