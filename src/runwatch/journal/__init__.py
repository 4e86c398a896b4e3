"""The journal: what training code writes without waiting, and what a watcher reads; knows neither store nor HTTP."""
