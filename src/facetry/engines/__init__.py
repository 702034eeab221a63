"""The technologies behind the ports: one package each, the only places where a driver is imported."""
