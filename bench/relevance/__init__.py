"""How good the order of hits is, by the judgements of people."""
