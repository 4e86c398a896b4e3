"""Runs in notebooks: what is pushed to the page, what the page may ask, and what is shown without one."""
