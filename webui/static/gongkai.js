// Adds to pages that are whole without it: completions while typing, keys for stepping through hits, and filters
// that open on wide screens where the browser cannot do that by style alone.
(() => {
  "use strict";

  const filters = document.getElementById("filters");
  if (filters && !CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60rem)").matches) {
    filters.open = true;
  }

  const words = document.querySelector("form[role=search] input[name=q]");
  if (words) {
    const list = document.body.appendChild(document.createElement("datalist"));
    list.id = "completions";
    words.setAttribute("list", list.id);
    let waiting;
    words.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const asked = words.value.trim();
        if (!asked) return list.replaceChildren();
        const answer = await fetch(`/api/v1/suggest?q=${encodeURIComponent(asked)}`).catch(() => null);
        if (!answer?.ok || words.value.trim() !== asked) return;
        const { suggestions } = await answer.json();
        list.replaceChildren(...suggestions.map((s) => new Option(`${s.count}`, s.text)));
      }, 150);
    });
  }

  const hits = document.querySelectorAll("mark[id^='hit-']").length;
  if (!hits) return;
  const keys = document.querySelector(".hitbar .keys");
  if (keys) keys.hidden = false;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const step = { n: 1, p: -1 }[event.key];
    if (!step) return;
    const now = Number((/^#hit-(\d+)$/.exec(location.hash) || [0, step > 0 ? 0 : 2])[1]);
    const next = Math.min(Math.max(now + step, 1), hits);
    location.replace(`#hit-${next}`);
  });
})();
