"""Bodies of answers: read within bounds, laid out as objects of the contract, judged by the document, compared.

Knows the contract and the model. The evidence, the judge and the checks import it; redaction does not, for it must not
depend on a body that parses.
"""
