/* Follows long work: asks for the page again until the work is over, then shows what came of it.
   Without this file the page has a link that does the same. */
"use strict";
(() => {
  const pause = 2000;
  let busy = false;

  async function look() {
    const shown = document.getElementById("work");
    if (!shown || busy || document.hidden) return;
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById("work");
      if (!now) return location.reload();
      for (const part of ["work-said", "work-bar", "work-counts"]) {
        const old = document.getElementById(part), made = page.getElementById(part);
        if (old && made && old.outerHTML !== made.outerHTML) old.replaceWith(document.adoptNode(made));
      }
    } catch { /* no network for a moment */ } finally {
      busy = false;
    }
  }

  setInterval(look, pause);
})();
