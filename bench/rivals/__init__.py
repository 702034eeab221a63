"""The same catalogs and questions in other engines, so that figures can be told as ratios."""
