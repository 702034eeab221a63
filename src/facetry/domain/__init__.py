"""Pure values and rules of the catalog; knows no technology."""
