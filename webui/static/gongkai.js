// Adds to pages that are whole without it: keys for stepping through hits, and filters that open on wide screens
// where the browser cannot do that by style alone.
(() => {
  "use strict";

  const filters = document.getElementById("filters");
  if (filters && !CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60rem)").matches) {
    filters.open = true;
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
