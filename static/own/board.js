// The board by mouse and by keys: a card is picked up, carried, dropped, and put back where it may not stay.
(() => {
  const board = document.querySelector("[data-board]");
  const dialog = document.getElementById("move-dialog");
  if (!board || !dialog) return;
  const form = dialog.querySelector("form");
  const columns = [...board.querySelectorAll("[data-column]")];
  const list = (column) => column.querySelector("[data-cards]");
  const cards = (column) => [...list(column).querySelectorAll("[data-card]")];
  const columnOf = (card) => card.closest("[data-column]");
  const nameOf = (card) => card.querySelector(".name").textContent.trim();
  let held = null;
  let home = null;

  const say = (sentence, ...values) => {
    document.querySelector(board.dataset.announce).textContent = values.reduce((said, value) => said.replace("{}", value), sentence);
  };
  const remember = (card) => { home = { parent: card.parentNode, next: card.nextElementSibling }; };
  const putBack = (card) => home.parent.insertBefore(card, home.next);
  const onTop = (card, column) => list(column).prepend(card);

  async function send(card, values = {}) {
    const column = columnOf(card);
    const body = new FormData();
    const near = { above: card.previousElementSibling, below: card.nextElementSibling };
    for (const [side, other] of Object.entries(near)) body.set(side, other?.dataset.card ?? "");
    body.set("stage", column.dataset.column);
    body.set("seen", card.dataset.stage);
    body.set("csrf_token", form.elements.csrf_token.value);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    const headers = { "HX-Request": "true", "HX-Request-Type": "partial" };
    const query = board.dataset.query ? `?${board.dataset.query}` : "";
    let answer = null;
    try { answer = await fetch(`/board/${card.dataset.card}/move${query}`, { method: "POST", body, headers }); } catch { /* No net: the card goes home. */ }
    if (!answer?.ok) {
      putBack(card);
      const notice = answer ? await answer.text() : "";
      if (notice) document.getElementById("notices").innerHTML = notice;
      card.querySelector(".name").focus();
      return;
    }
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    for (const count of made.content.querySelectorAll("[data-count-of]")) {
      for (const shown of document.querySelectorAll(`[data-count="${count.dataset.countOf}"]`)) shown.textContent = count.textContent;
    }
    const fresh = made.content.querySelector("[data-card]");
    card.replaceWith(fresh);
    fresh.querySelector(".name").focus();
    say(board.dataset.dropped, nameOf(fresh), column.dataset.name);
  }

  const ask = (card, stage) => {
    form.reset();
    form.action = `/board/${card.dataset.card}/move`;
    form.elements.stage.value = stage;
    dialog.querySelector("h2").textContent = nameOf(card);
    dialog.card = card;
    dialog.showModal();
    const resting = columns.find((one) => one.dataset.column === stage).hasAttribute("data-rests");
    (resting ? form.elements.reason : form.elements.stage).focus();
  };

  const drop = (card) => {
    const column = columnOf(card);
    const stays = card.dataset.stage === column.dataset.column;
    if (stays && home.parent === card.parentNode && home.next === card.nextElementSibling) return;
    if (column.hasAttribute("data-rests") && !stays) ask(card, column.dataset.column);
    else send(card);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const card = dialog.card;
    const column = columns.find((one) => one.dataset.column === form.elements.stage.value);
    if (column.hasAttribute("data-rests") && !form.elements.reason.value.trim()) { form.elements.reason.focus(); form.elements.reason.setAttribute("aria-invalid", "true"); return; }
    if (columnOf(card) !== column) onTop(card, column);
    dialog.card = null;
    dialog.close();
    send(card, { reason: form.elements.reason.value, wake_on: form.elements.wake_on.value });
  });
  dialog.addEventListener("close", () => { if (dialog.card) { putBack(dialog.card); dialog.card.querySelector(".name").focus(); dialog.card = null; } });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  board.addEventListener("click", (event) => {
    const mover = event.target.closest("[data-mover]");
    if (!mover) return;
    event.preventDefault();
    const card = mover.closest("[data-card]");
    remember(card);
    ask(card, card.dataset.stage);
  });

  // By keys: the name of a card is where the eye is.
  const carry = (card, key) => {
    const column = columnOf(card);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step) { const next = columns[columns.indexOf(column) + step]; if (next) onTop(card, next); }
    if (key === "ArrowUp") card.previousElementSibling?.before(card);
    if (key === "ArrowDown" && card.nextElementSibling?.dataset.card) card.nextElementSibling.after(card);
    const now = columnOf(card);
    card.querySelector(".name").focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    say(board.dataset.over, now.dataset.name, cards(now).indexOf(card) + 1, cards(now).length);
  };
  const walk = (card, key) => {
    const column = columnOf(card);
    const place = cards(column).indexOf(card);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    let next = cards(column)[place + (key === "ArrowDown" ? 1 : -1)];
    if (step) {
      let at = columns.indexOf(column) + step;
      while (columns[at] && !cards(columns[at]).length) at += step;
      next = columns[at] && (cards(columns[at])[place] ?? cards(columns[at]).at(-1));
    }
    next?.querySelector(".name").focus();
  };
  const letGo = () => { const card = held; held = null; card.classList.remove("is-held"); return card; };
  board.addEventListener("keydown", (event) => {
    const card = event.target.closest(".name")?.closest("[data-card]");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      event.preventDefault();
      if (held) drop(letGo());
      else { held = card; remember(card); card.classList.add("is-held"); say(board.dataset.picked, nameOf(card)); }
    } else if (event.key === "Escape" && held) {
      putBack(letGo());
      card.querySelector(".name").focus();
      say(board.dataset.undone, nameOf(card));
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      if (held) carry(held, event.key); else walk(card, event.key);
    }
  });

  // By mouse.
  let dragged = null;
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-card]");
    if (!dragged) return;
    remember(dragged);
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("is-dragged");
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest("[data-column]");
    if (!dragged || !column) return;
    event.preventDefault();
    for (const one of columns) one.toggleAttribute("data-target", one === column);
    const below = cards(column).find((card) => card !== dragged && event.clientY < card.getBoundingClientRect().top + card.offsetHeight / 2);
    if (below) below.before(dragged);
    else list(column).insertBefore(dragged, list(column).querySelector(".more"));
  });
  const land = () => {
    const card = dragged;
    dragged = null;
    card.classList.remove("is-dragged");
    for (const one of columns) one.removeAttribute("data-target");
    return card;
  };
  board.addEventListener("drop", (event) => { if (dragged) { event.preventDefault(); drop(land()); } });
  board.addEventListener("dragend", () => { if (dragged) putBack(land()); });
})();
