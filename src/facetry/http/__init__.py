"""What the surfaces share: tokens, bodies, answers, limits and the layer of hot reads."""
