"""OpenSearch as engine, through its official client."""
