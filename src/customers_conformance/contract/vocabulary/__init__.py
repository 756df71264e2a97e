"""What the document's words mean: our keywords and formats, JSON Schema's assertions and applicators, case by case."""
