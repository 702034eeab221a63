"""Catalogs to and from files: read what other programs wrote, write what this one reads back."""
