"""The page that shows the API's documentation, with everything it needs in the package."""
