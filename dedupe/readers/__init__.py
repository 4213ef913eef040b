"""Files of articles: each format is one module with a `Format`, listed in `formats`."""
