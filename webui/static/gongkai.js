// Adds to pages that are whole without it: completions while typing (a combobox with a list that is chosen from by hand,
// as the ARIA Authoring Practices have it), keys for searching and for stepping through hits, picking without
// loading a page anew, sorting without a button, and filters that open on wide screens where the browser cannot do
// that by style alone.
(() => {
  "use strict";

  const filters = document.getElementById("filters");
  if (filters && !CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60rem)").matches) {
    filters.open = true;
  }

  // in the language of the page, from the catalogues
  const WORDS = JSON.parse(document.currentScript.dataset.words);
  const KINDS = WORDS.kinds;

  const counted = (number, one, several) => {
    const shown = number.toLocaleString(document.documentElement.lang);
    return (number === 1 ? one : several).replace("{n}", shown);
  };

  const made = (name, properties, attributes = {}) => {
    const element = Object.assign(document.createElement(name), properties);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  const option = ({ text, kind, count }, number) => {
    const item = made("li", { id: `completion-${number}` }, { role: "option", "aria-selected": "false" });
    item.append(
      made("span", { className: "what", textContent: text, lang: "zh" }),
      made("span", { className: "kind", textContent: ` ${KINDS[kind] ?? ""} ` }),
      made("span", { className: "count", textContent: counted(count, WORDS.report, WORDS.reports) }),
    );
    return item;
  };

  const complete = (words) => {
    const list = made("ul", { id: "completions", className: "completions", hidden: true }, { role: "listbox", "aria-label": WORDS.completions });
    const told = made("p", { className: "hidden" }, { role: "status" });
    words.form.append(list);
    words.type = "text"; // a search field may not be a combobox
    const state = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
    for (const [key, value] of Object.entries(state)) words.setAttribute(key, value);

    let offered = [], chosen = -1, waiting, asked = "";

    const choose = (number) => {
      list.children[chosen]?.setAttribute("aria-selected", "false");
      chosen = number;
      const item = list.children[chosen];
      item?.setAttribute("aria-selected", "true");
      item?.scrollIntoView({ block: "nearest" });
      if (item) words.setAttribute("aria-activedescendant", item.id);
      else words.removeAttribute("aria-activedescendant");
    };

    const open = (wanted) => {
      list.hidden = !(wanted && offered.length);
      words.setAttribute("aria-expanded", String(!list.hidden));
      choose(-1);
    };

    const offer = (suggestions) => {
      offered = suggestions;
      list.replaceChildren(...offered.map(option));
      open(document.activeElement === words);
      told.textContent = list.hidden ? "" : counted(offered.length, WORDS.offered_one, WORDS.offered);
    };

    // a body or a place becomes a filter: the reader is taken to the facet
    const choosesFacet = ({ kind, query }) => {
      const named = /(?:^|\s)(agency|region):("?)([^"]*)\2$/.exec(query);
      if (!named || named[1] !== kind) return false;
      words.value = query.slice(0, named.index);
      words.form.append(made("input", { type: "hidden", name: kind, value: named[3] }));
      words.form.submit();
      return true;
    };

    const take = (number) => {
      clearTimeout(waiting);
      const suggestion = offered[number];
      offer([]);
      if (choosesFacet(suggestion)) return;
      words.value = asked = suggestion.query;
    };

    const ask = () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        asked = words.value.trim();
        if (!asked) return offer([]);
        const now = asked;
        const answer = await fetch(`${document.body.dataset.root}/api/v1/suggest?q=${encodeURIComponent(now)}`).catch(() => null);
        if (now !== asked || words.value.trim() !== now) return;
        offer(answer?.ok ? (await answer.json()).suggestions : []);
      }, 150);
    };

    words.addEventListener("input", () => words.form.append(told), { once: true });
    words.addEventListener("input", (event) => event.isComposing || ask());
    words.addEventListener("compositionend", ask);
    words.addEventListener("blur", () => open(false));
    words.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || !offered.length) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        if (list.hidden) open(true);
        if (!event.altKey) choose(((chosen + 1 + step + offered.length + 1) % (offered.length + 1)) - 1);
      } else if (list.hidden) return;
      else if (event.key === "Escape") open(false);
      else if (event.key === "Enter" && chosen >= 0) take(chosen);
      else return;
      event.preventDefault();
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) take([...list.children].indexOf(item));
    });
  };

  const words = document.querySelector("form[role=search] input[name=q]");
  if (words) complete(words);

  document.documentElement.classList.add("scripted");
  for (const select of document.querySelectorAll(".options select")) {
    select.addEventListener("change", () => select.form.submit());
  }

  // what is picked changes in place: the same page is asked for and its parts are put in
  const put = (page) => {
    for (const part of document.querySelectorAll("[data-pick]")) {
      const fresh = page.querySelector(`[data-pick="${CSS.escape(part.dataset.pick)}"]`);
      if (fresh) part.replaceWith(fresh);
    }
    document.getElementById("basket")?.remove();
    const basket = page.getElementById("basket");
    if (basket) document.querySelector("main").after(basket);
  };

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a.pick");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const key = link.closest("[data-pick]")?.dataset.pick;
    const answer = await fetch(link.href).catch(() => null);
    if (!answer?.ok) return location.assign(link.href);
    put(new DOMParser().parseFromString(await answer.text(), "text/html"));
    const again = key === undefined ? "#basket a" : `[data-pick="${CSS.escape(key)}"] a`;
    document.querySelector(again)?.focus({ preventScroll: true });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!words || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    words.focus();
    words.select();
  });

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
