"""Who is asking and what he may do: users, grants of roles, tokens, the actor handed to every command.

The rules themselves are policies/; here is who holds which role at which agency, read with each request.
May import hub.agencies, hub.audit, policies, hub.settings and hub.kit. Start at actor.Actor.
"""
