"""The requests of a live run: those of the plan in its order, the generated ones, and fewer where the list is long."""
