"""Who tests the tests: small changes of the suite's own code, each of which a self-test must notice."""
