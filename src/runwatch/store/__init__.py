"""The narrow waist: the promise of a store (protocol) and the backends that keep it."""
