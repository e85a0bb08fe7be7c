"""The use cases, thin: load -> read -> plan -> guard -> apply, one function each.

What they print is `cli`'s business.
"""
