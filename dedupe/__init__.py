"""The engine: an article in, its cluster and its copies out. No web framework, no clock, no environment."""
