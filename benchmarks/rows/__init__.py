"""The rows of the table of speed: each module measures one or two of them."""
