"""Finding words in the columns engine: what queries look up in the postings of its segments, and how well it fits."""
