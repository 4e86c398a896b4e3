"""The watcher: a process of its own that carries a run's journal, logs, figures and files to the store."""
