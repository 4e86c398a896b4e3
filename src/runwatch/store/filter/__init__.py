"""The filter language of run lists: a grammar, a syntax tree and its reader; each backend evaluates the tree itself."""
