"""How good a clustering is, measured on labels."""
