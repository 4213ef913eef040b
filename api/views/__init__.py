"""What the engine and its store hold, turned into what a page shows: pure functions, no request and no template."""
