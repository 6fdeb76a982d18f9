"use strict";
// What pages cannot do without script, and all do without: focus after a page was exchanged, keys in lists, a count of
// what is selected. No page needs it.
(() => {
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // Whoever signs out here goes on to their issuer.
  document.querySelector("form[data-send]")?.requestSubmit();

  // After an act the result is where the reader is; after a link it is the page; what comes by itself moves nobody.
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail?.ctx?.sourceElement?.matches("[data-quiet]")) return;
    (document.querySelector("[data-result]") ?? document.querySelector("main")).focus({ preventScroll: true });
    count();
  });

  const count = () => document.querySelectorAll("form[data-selection]").forEach((form) => {
    const boxes = [...form.querySelectorAll("input[type=checkbox][name=id]")];
    const chosen = boxes.filter((box) => box.checked).length;
    form.querySelectorAll("[data-count]").forEach((place) => { place.textContent = String(chosen); });
    form.querySelectorAll("[data-needs-selection]").forEach((button) => { button.disabled = chosen === 0; });
  });
  document.addEventListener("change", count);
  count();

  // A page that is looked at asks every 15 s what its lists hold; rows never move by themselves.
  let before = null;
  const look = async () => {
    const watched = document.querySelector("[data-live]");
    if (!watched || document.hidden) return;
    const answer = await fetch("/counts", { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const now = await answer.json();
    const names = watched.dataset.live.split(" ");
    if (before && names.some((name) => name in now && name in before && now[name] !== before[name])) watched.hidden = false;
    before ??= now;
  };
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail?.ctx?.sourceElement?.matches("[data-quiet]")) return;
    before = null;
    look();
  });
  setInterval(look, 15000);
  look();

  // Keys work in a list that has the focus, and can be switched off (WCAG 2.1.4).
  let waiting = "";
  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const list = event.target.closest("[data-list]");
    const places = { l: "/letters", w: "/waiting", p: "/pool", j: "/jobs" };
    if (waiting === "g" && places[event.key] && list) { waiting = ""; location.assign(places[event.key]); return; }
    waiting = event.key === "g" ? "g" : "";
    if (!list) return;
    const rows = [...list.querySelectorAll("[data-row]")];
    const here = rows.indexOf(event.target.closest("[data-row]"));
    const go = (row) => row?.querySelector("a, button, input")?.focus();
    const press = (name) => document.querySelector(`[data-key="${name}"]:not(:disabled)`)?.click();
    const acts = {
      j: () => go(rows[Math.min(here + 1, rows.length - 1)]),
      k: () => go(rows[Math.max(here - 1, 0)]),
      o: () => rows[here]?.querySelector("a")?.click(),
      x: () => rows[here]?.querySelector("input[type=checkbox]")?.click(),
      a: () => press("a"), r: () => press("r"), e: () => press("e"), u: () => press("u"),
      "/": () => document.querySelector("[data-search]")?.focus(),
      "?": () => document.querySelector("#keys")?.showModal(),
    };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });
})();
