"""Words: the structs of the domain, the errors, the limits and the checks of names; no I/O."""
