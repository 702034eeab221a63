"""How the pictures of the demo catalog are drawn: metals, stones and pieces as SVG."""
