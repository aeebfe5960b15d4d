// Asks the hub. The token is kept in this tab only and goes nowhere but to this hub.
import { language } from "./words.js";

export async function ask(query, variables, operationName) {
  const headers = {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json",
    "accept-language": language,
  };
  const token = sessionStorage.getItem("hub.token");
  if (token) headers.authorization = `Bearer ${token}`;
  const began = performance.now();
  const answer = await fetch("/graphql", {
    method: "POST", headers, body: JSON.stringify({ query, variables, operationName }), credentials: "same-origin",
  });
  const text = await answer.text();
  return { status: answer.status, text, bytes: new TextEncoder().encode(text).length,
    milliseconds: Math.round(performance.now() - began), id: answer.headers.get("x-request-id") };
}

const TYPE = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
const INPUT = `name description defaultValue type { ${TYPE} }`;
export const INTROSPECTION = `query Schema { __schema { queryType { name } mutationType { name } types {
  kind name description
  fields(includeDeprecated: true) { name description isDeprecated deprecationReason args { ${INPUT} } type { ${TYPE} } }
  inputFields { ${INPUT} } interfaces { name } possibleTypes { name }
  enumValues(includeDeprecated: true) { name description isDeprecated }
} } }`;
