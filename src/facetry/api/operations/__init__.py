"""What operators and the demo need of a server: health, metrics, pictures."""
