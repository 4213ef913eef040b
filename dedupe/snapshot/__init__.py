"""The index as a file beside the store: a cache of the log, so that a start need not read every text again."""
