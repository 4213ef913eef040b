"""The same event: terms, similarity, the decision to join, maintenance."""
