"""Feeds that are read again and again: `storyfold feeds`."""
