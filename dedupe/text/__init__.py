"""From raw text to tokens: what is compared, and what is left out."""
