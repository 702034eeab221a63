"""Real servers of the engines of several machines: fetched once, started as processes of tests and measurements."""
