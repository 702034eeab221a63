"""My Account, API: keys, calls, and examples that are ready to run."""
