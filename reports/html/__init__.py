"""The parts of ``report.html``: what each shows, as values for its templates."""
