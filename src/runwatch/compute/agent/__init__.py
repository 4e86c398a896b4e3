"""The agent: takes jobs out of the queues of a workspace, has a back end run them, and keeps them in sight."""
