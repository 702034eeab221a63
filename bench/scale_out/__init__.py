"""What the profile of several machines costs: its engines beside the embedded ones, its parts, its round trips."""
