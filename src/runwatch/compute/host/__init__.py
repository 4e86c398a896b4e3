"""What is done on the machine that a job runs on: prepare its folder, start its runner and its watcher."""
