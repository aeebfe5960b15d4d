// The page: what is written, what is run, what came back.
import { ask } from "./ask.js";
import { load, show } from "./schema.js";
import { dress, language, switchLanguage, word } from "./words.js";

const field = (name) => document.getElementById(name);
const query = field("query");
const variables = field("variables");
const token = field("token");
const status = field("status");
const result = field("result");
const examples = field("examples");
const COLOURED = 300_000; // beyond this many characters colours cost more than they help
let given = [];
let running = 0;

// One part of the JSON at a time: keys, texts, numbers, words. Text nodes only, so that no answer becomes markup.
function coloured(text) {
  const parts = document.createDocumentFragment();
  const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    parts.append(text.slice(last, match.index));
    const part = document.createElement("span");
    part.className = match[1] ? (match[2] ? "key" : "text") : "value";
    part.textContent = match[1] ?? match[0];
    parts.append(part, match[2] ?? "");
    last = match.index + match[0].length;
  }
  parts.append(text.slice(last));
  return parts;
}

function tell(text, kind = "") {
  status.textContent = text;
  status.className = kind;
}

async function run() {
  let values;
  try {
    values = variables.value.trim() ? JSON.parse(variables.value) : undefined;
  } catch (error) {
    tell(`${word("badVariables")}: ${error.message}`, "bad");
    variables.focus();
    return;
  }
  const mine = ++running;
  tell(word("running"));
  result.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(query.value, values, nameAtCursor());
    if (mine !== running) return; // a later run is on its way
    let text = answer.text;
    let failed = answer.status >= 400;
    try {
      const read = JSON.parse(text);
      failed ||= Boolean(read.errors);
      text = JSON.stringify(read, null, 2);
    } catch { /* shown as it came */ }
    result.replaceChildren(text.length > COLOURED ? text : coloured(text));
    result.scrollTop = 0;
    const bytes = answer.bytes.toLocaleString(language === "vi" ? "vi-VN" : "en-GB");
    tell(`HTTP ${answer.status}${failed ? ` ${word("failed")}` : ""} · ${answer.milliseconds} ms · ${bytes} ${word("bytes")} · ${answer.id}`, failed ? "bad" : "good");
  } catch (error) {
    if (mine === running) tell(`${word("away")}: ${error.message}`, "bad");
  } finally {
    if (mine === running) result.removeAttribute("aria-busy");
  }
}

// Of several operations the one the cursor stands in.
function nameAtCursor() {
  const names = [...query.value.matchAll(/^\s*(?:query|mutation)\s+(\w+)/gm)];
  if (names.length < 2) return undefined;
  return (names.filter((match) => match.index <= query.selectionStart).at(-1) ?? names[0])[1];
}

function keep() {
  sessionStorage.setItem("hub.query", query.value);
  sessionStorage.setItem("hub.variables", variables.value);
}

function offer() {
  const first = examples.options[0];
  examples.replaceChildren(first, ...given.map((one, place) => new Option(one[language], String(place))));
}

// Enter keeps the indentation of the line, and goes in after an opening bracket. Tab still leaves the field.
function indent(event) {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
  const area = event.target;
  const before = area.value.slice(0, area.selectionStart);
  const spaces = /[ \t]*/.exec(before.slice(before.lastIndexOf("\n") + 1))[0];
  event.preventDefault();
  area.setRangeText(`\n${spaces}${/[{([]\s*$/.test(before) ? "  " : ""}`, area.selectionStart, area.selectionEnd, "end");
  keep();
}

token.value = sessionStorage.getItem("hub.token") ?? "";
query.value = sessionStorage.getItem("hub.query") ?? "";
variables.value = sessionStorage.getItem("hub.variables") ?? "";
token.addEventListener("input", () => sessionStorage.setItem("hub.token", token.value.trim()));
for (const area of [query, variables]) {
  area.addEventListener("input", keep);
  area.addEventListener("keydown", indent);
}
field("run").addEventListener("click", run);
field("language").addEventListener("click", () => { switchLanguage(); offer(); show(); });
examples.addEventListener("change", () => {
  const chosen = given[Number(examples.value)];
  if (!examples.value || !chosen) return;
  query.value = chosen.query;
  variables.value = chosen.variables ? JSON.stringify(chosen.variables, null, 2) : "";
  examples.value = "";
  keep();
  query.focus();
});
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  if (event.key === "Enter") { event.preventDefault(); run(); }
  if (event.key === "k") { event.preventDefault(); field("search").focus(); field("search").select(); }
});

dress();
result.textContent = word("empty");
given = await (await fetch("/graphql/ide/examples.json")).json();
offer();
if (!query.value) query.value = given[0].query;
await load();
