"""Where the log is kept: a protocol, a reference in memory, SQL."""
