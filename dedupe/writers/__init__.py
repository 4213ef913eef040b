"""Articles and clusters out: each format is one module that turns an iterable into bytes, a piece at a time."""
