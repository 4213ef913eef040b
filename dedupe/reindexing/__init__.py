"""Re-index as a reviewed change: a generation is built to the side, compared, and activated by one event."""
