"""GraphQL over HTTP: one endpoint, two ways to an answer, one law.

`endpoint` answers a request in a fixed order: origin, size, credential, text, limits, data. `execution` takes
the compiled statement where there is one and Strawberry's ordinary execution where there is not; who asks
(`callers`), what he may ask for (`schema.limits`, `schema.costs`) and what he learns of a failure (`schema.errors`)
are decided before that fork, once. May import hub.* up to the slices. Start at `endpoint.GraphQLEndpoint`.
"""
