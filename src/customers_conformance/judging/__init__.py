"""From evidence to verdicts: pure functions, which checks are bound to which requirement, and the outcome.

Knows evidence, bodies, contract and model. The checks bind themselves here; whoever runs them imports it.
"""
