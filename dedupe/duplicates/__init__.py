"""The same text: signatures, candidates, the containment verdict, groups."""
