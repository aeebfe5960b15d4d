"""What people and systems prove themselves with: passwords, second factors, keys of systems, issuers' tokens.

Sessions and links stand above (`hub.access.sessions`). Nothing here decides what somebody may do, only who he is.
Start at passwords.sign_in, second_factor.step_up, keys.create_api_key, identities.verified.
"""
