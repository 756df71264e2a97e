"""Two finished runs held against each other: what changed, and why."""
