// The schema browser: a start page, a page for each type, and a search over names and descriptions.
import { ask, INTROSPECTION } from "./ask.js";
import { word } from "./words.js";

const docs = document.getElementById("docs");
const trail = document.getElementById("trail");
const search = document.getElementById("search");
let types = new Map();
let roots = [];
let seen = [];

const fold = (text) => (text ?? "").normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();

function make(tag, words, ...children) {
  const node = document.createElement(tag);
  Object.assign(node, words);
  node.append(...children);
  return node;
}

const go = (name, label = name) => make("a", { href: `#${name}`, className: "type", textContent: label });

function typeOf(type) {
  if (type.kind === "NON_NULL") return [...typeOf(type.ofType), "!"];
  if (type.kind === "LIST") return ["[", ...typeOf(type.ofType), "]"];
  return [go(type.name)];
}

function inputs(given) {
  if (!given.length) return [];
  return ["(", ...given.flatMap((one, place) => [
    place ? ", " : "",
    make("span", { className: "argument", title: one.description ?? "" }, one.name), ": ", ...typeOf(one.type),
    one.defaultValue ? ` = ${one.defaultValue}` : "",
  ]), ")"];
}

function entry(one) {
  const head = make("dt", {}, make("b", {}, one.name), ...inputs(one.args ?? []),
    ...(one.type ? [": ", ...typeOf(one.type)] : []));
  if (one.isDeprecated) head.append(make("i", {}, ` ${word("deprecated")}`));
  return [head, make("dd", {}, one.description ?? "")];
}

const list = (title, entries) =>
  entries?.length ? [make("h3", {}, title), make("dl", {}, ...entries.flatMap(entry))] : [];

const links = (title, names) =>
  names?.length ? [make("p", {}, make("b", {}, `${title}: `), ...names.flatMap((one, place) => [place ? ", " : "", go(one.name)]))] : [];

function page(type) {
  return [
    make("h3", { className: "name" }, type.name, " ", make("small", {}, type.kind.toLowerCase().replace("_", " "))),
    make("p", {}, type.description ?? ""),
    ...links(word("implements"), type.interfaces), ...links(word("members"), type.possibleTypes),
    ...list(word("fields"), type.fields), ...list(word("inputs"), type.inputFields), ...list(word("values"), type.enumValues),
  ];
}

function start() {
  const named = [...types.values()].filter((type) => !roots.includes(type.name));
  return [
    ...roots.flatMap((name) => [make("h3", {}, go(name)), make("dl", {}, ...(types.get(name)?.fields ?? []).flatMap(entry))]),
    make("h3", {}, word("types")),
    make("ul", {}, ...named.map((type) => make("li", {}, go(type.name)))),
  ];
}

function found(text) {
  const wanted = fold(text).trim();
  const fits = (...texts) => fold(texts.join(" ")).includes(wanted);
  const rank = (type) => Number(!fold(type.name).startsWith(wanted)) + Number(!fits(type.name));
  const hits = [...types.values()].sort((a, b) => rank(a) - rank(b)).flatMap((type) => {
    const inside = [...(type.fields ?? []), ...(type.inputFields ?? []), ...(type.enumValues ?? [])]
      .filter((one) => fits(one.name, one.description));
    if (!inside.length && !fits(type.name, type.description)) return [];
    return [make("h3", {}, go(type.name)), make("dl", {}, ...inside.slice(0, 12).flatMap(entry))];
  });
  return hits.length ? hits.slice(0, 80) : [make("p", {}, word("none"))];
}

export function show() {
  if (!types.size) return;
  const name = decodeURIComponent(location.hash.slice(1));
  const type = types.get(name);
  if (search.value.trim()) docs.replaceChildren(...found(search.value));
  else docs.replaceChildren(...(type ? page(type) : start()));
  if (type && seen.at(-1) !== name) seen = [...seen.filter((one) => one !== name), name].slice(-5);
  trail.replaceChildren(go("", word("home")), ...seen.map((one) => go(one)));
}

export async function load() {
  try {
    const answer = await ask(INTROSPECTION);
    const schema = JSON.parse(answer.text).data.__schema;
    types = new Map(schema.types.filter((type) => !type.name.startsWith("__"))
      .sort((a, b) => a.name.localeCompare(b.name)).map((type) => [type.name, type]));
    roots = [schema.queryType?.name, schema.mutationType?.name].filter(Boolean);
    show();
  } catch {
    docs.replaceChildren(make("p", {}, word("noSchema")));
  }
}

search.addEventListener("input", show);
addEventListener("hashchange", () => { search.value = ""; show(); docs.scrollTop = 0; });
