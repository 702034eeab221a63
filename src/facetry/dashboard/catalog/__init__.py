"""The page of the catalog: what is asked, and how what is found is shown."""
