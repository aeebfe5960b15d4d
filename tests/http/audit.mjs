// Runs the audits of the npm package graphql-http against a server; prints one JSON line.
// usage: node audit.mjs FOLDER-WITH-node_modules URL
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, url] = process.argv.slice(2);
const require = createRequire(pathToFileURL(folder + "/package.json"));
const { auditServer } = await import(pathToFileURL(require.resolve("graphql-http")).href);
const results = await auditServer({ url, fetchFn: fetch });
const told = [];
for (const result of results) {
  told.push({ id: result.id, name: result.name, status: result.status, reason: result.reason ?? null });
}
console.log(JSON.stringify(told));
