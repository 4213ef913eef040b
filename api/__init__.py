"""The service: HTTP around an engine and its store."""
