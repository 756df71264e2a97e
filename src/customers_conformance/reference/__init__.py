"""The reference server: it keeps the whole contract, and on request breaks one sentence of it or keeps it oddly."""
