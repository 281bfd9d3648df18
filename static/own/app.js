// What the page does beyond links and forms: keys, and where the eye goes after a swap.
(() => {
  const finder = () => document.querySelector("[data-finder]");
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing(target))) {
      event.preventDefault();
      finder()?.focus();
      finder()?.select();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.form) {
      event.preventDefault();
      target.form.requestSubmit();
    } else if (event.key === "l" && !typing(target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const log = document.querySelector("[data-log]");
      event.preventDefault();
      if (log) log.focus();
      else location.href = "/activities/new";
    } else if (event.key === "Escape" && target.closest(".cell-edit")) {
      target.closest(".cell-edit").querySelector("[data-leave]").click();
    } else if (event.key === "Escape" && target.closest(".finder")) {
      document.getElementById("found").replaceChildren();
      finder().blur();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && target.closest(".finder")) {
      const stops = [finder(), ...document.querySelectorAll("#found a, #found button")];
      const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".finder")) document.getElementById("found")?.replaceChildren();
    for (const open of document.querySelectorAll("details.me[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
    const day = event.target.closest("[data-sets]");
    if (day) {
      const field = document.getElementById(day.dataset.sets);
      if (field) { field.value = day.dataset.value; field.dispatchEvent(new Event("change", { bubbles: true })); }
    }
  });

  // The empty box shows what was opened last and what one can do.
  document.addEventListener("focusin", (event) => {
    const box = event.target.closest("[data-finder]");
    if (box && !document.querySelector("#found > *")) box.dispatchEvent(new Event("look"));
  });

  // What is being written outlives a closed tab; it is forgotten once it is logged, and at sign-out.
  const drafts = "draft:";
  const keyOf = (field) => drafts + (field.dataset.draft || location.pathname);
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-draft]")) localStorage.setItem(keyOf(event.target), event.target.value);
  });
  const recall = (root) => {
    for (const field of root.querySelectorAll?.("[data-draft]") ?? []) {
      const kept = localStorage.getItem(keyOf(field));
      if (kept && !field.value) { field.value = kept; field.dispatchEvent(new Event("look")); }
    }
  };
  const forget = (form) => {
    if (form.action.endsWith("/sign-out")) for (const key of Object.keys(localStorage)) if (key.startsWith(drafts)) localStorage.removeItem(key);
    if (form.dataset.clears) localStorage.removeItem(drafts + form.dataset.clears);
    for (const field of form.querySelectorAll("[data-draft]")) if (form.method === "post") localStorage.removeItem(keyOf(field));
  };
  document.addEventListener("submit", (event) => { if (navigator.onLine) forget(event.target); });

  document.addEventListener("change", (event) => {
    const all = event.target.dataset?.checkAll;
    if (all) for (const one of document.querySelectorAll(`[name="${all}"]`)) one.checked = event.target.checked;
    const picked = document.querySelector("[data-picked]");
    if (picked && (all || event.target.name === "ids")) picked.textContent = `(${document.querySelectorAll('[name="ids"]:checked').length})`;
    const form = event.target.closest("form[data-send-on-change]");
    if (form && !form.hasAttribute("hx-get")) form.requestSubmit();
  });

  const attend = (root) => {
    const field = root.querySelector?.("[data-focus]");
    field?.focus();
    if (field?.closest(".cell-edit")) field.select?.();
  };
  document.addEventListener("htmx:after:swap", (event) => attend(event.target ?? document));
  attend(document);
  document.addEventListener("DOMContentLoaded", () => setTimeout(() => recall(document)));
})();
