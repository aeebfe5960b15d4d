/* The form of a return: saves by itself, keeps on this device what could not be saved, and offers it again.
   Without this file the form works by its buttons. */
"use strict";
(() => {
  const form = document.getElementById("return"), status = document.getElementById("status");
  const say = form.dataset, key = `hub-return-${say.key}`, pause = 2500, again = 15000;
  const fields = () => [...form.elements].filter((one) => one.name && one.type !== "hidden");
  const hidden = (name) => form.elements.namedItem(name);
  let stored = values(), timer = 0, busy = false;

  function values() {
    return Object.fromEntries(fields().map((one) => [one.name, one.value]));
  }
  function changed() {
    const now = values();
    return Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== stored[name]));
  }
  function kept() {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  }
  function keep() {
    const mine = changed();
    try {
      if (Object.keys(mine).length) {
        const at = new Date().toLocaleString(document.documentElement.lang);
        localStorage.setItem(key, JSON.stringify({ at, was: hidden("was").value, fields: mine }));
      } else localStorage.removeItem(key);
    } catch { /* a browser that keeps nothing */ }
  }
  function tell(text, isBad) {
    status.textContent = text;
    status.classList.toggle("late", Boolean(isBad));
  }
  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  async function save() {
    // Where two have written in one place, the page shows both when the button is pressed; nothing is saved before.
    if (say.hold) return;
    if (busy) return later(pause);
    const sent = values();
    if (!Object.keys(changed()).length) return;
    busy = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST", headers: { accept: "application/json" }, body: new URLSearchParams(new FormData(form)),
      });
      if (answer.headers.get("content-type") !== "application/json") {
        return tell(answer.status === 403 ? say.ended : say.offline, true);
      }
      const told = await answer.json();
      if (told.state === "saved") return took(told, sent);
      if (told.state === "conflict") say.hold = "1";
      tell(`${say.refused} ${told.said}`, true);
    } catch {
      tell(say.offline, true);
      later(again);
    } finally {
      busy = false;
    }
  }
  function took(told, sent) {
    hidden("was").value = told.was;
    for (const one of document.getElementsByName("version")) one.value = told.version;
    stored = sent;
    for (const [name, value] of Object.entries(told.others)) {
      const field = hidden(name);
      if (field && field.value === sent[name]) stored[name] = field.value = value;
    }
    keep();
    tell(told.told ? `${told.said} ${told.told}` : told.said);
    if (Object.keys(changed()).length) later(pause);
  }

  function offer(found) {
    const bar = document.createElement("p"), take = document.createElement("button"), drop = document.createElement("button");
    bar.className = "errors kept";
    bar.setAttribute("role", "alert");
    take.type = drop.type = "button";
    drop.className = "plain";
    take.textContent = say.take;
    drop.textContent = say.drop;
    bar.append(say.kept.replace("{at}", found.at), " ", take, " ", drop);
    take.addEventListener("click", () => {
      // The marks of the page that was typed into: what others have saved since is found by them.
      const old = Object.fromEntries(found.was.split(" ").map((one) => [one.slice(0, one.lastIndexOf(".")), one]));
      const groups = new Set(Object.keys(found.fields).map((name) => name.startsWith("line:") ? name.split(":")[1] : name));
      hidden("was").value = hidden("was").value.split(" ").map((one) => {
        const group = one.slice(0, one.lastIndexOf("."));
        return groups.has(group) && old[group] ? old[group] : one;
      }).join(" ");
      for (const [name, value] of Object.entries(found.fields)) {
        const field = hidden(name);
        if (!field) continue;
        field.value = value;
        field.closest("details")?.setAttribute("open", "");
      }
      bar.remove();
      keep();
      save();
    });
    drop.addEventListener("click", () => { localStorage.removeItem(key); bar.remove(); });
    form.before(bar);
  }

  form.addEventListener("input", () => { tell(say.typing); keep(); later(pause); });
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("online", () => later(0));
  document.addEventListener("visibilitychange", () => { if (document.hidden) later(0); });
  // What was typed into a page that came back with a problem is not stored yet.
  if (say.dirty) stored = {};
  const found = kept();
  if (found) {
    const differs = ([name, value]) => hidden(name) && hidden(name).value !== value;
    if (Object.entries(found.fields).some(differs)) offer(found);
    else localStorage.removeItem(key);
  }
})();
