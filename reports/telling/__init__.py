"""What several formats tell in the same words: outcomes, defects, advice; and how it is made harmless for each."""
