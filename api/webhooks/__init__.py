"""Webhooks: what happens to clusters, told to those who asked, signed, at least once."""
