"""What training code imports: Workspace, Experiment, Run; and the watcher beside it."""
