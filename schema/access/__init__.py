"""Users and grants as the API shows them: types, filters, root fields; what may be done to them is schema/mutations.

users (accounts) · grants (roles held, delegations). Start at users.py.
"""
