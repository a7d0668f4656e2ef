// Makes finished pages better: every function here has a plain form or link behind it.

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = document.body.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 1600);
  });
}

for (const nav of document.querySelectorAll("[data-themes]")) {
  nav.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-theme-value]");
    if (!link) return;
    event.preventDefault();
    const value = link.dataset.themeValue;
    if (value === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.dataset.theme = value;
    for (const other of document.querySelectorAll("a[data-theme-value]")) {
      if (other.dataset.themeValue === value) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
    }
    fetch(link.href, { redirect: "manual" });
  });
}

// Parts of a page that keep themselves fresh. A tab in the background rests; a part being read keeps its open details.
for (const part of document.querySelectorAll("[data-refresh]")) {
  let tag = null;
  const refresh = async () => {
    if (document.hidden || part.contains(document.getSelection()?.anchorNode) && !document.getSelection().isCollapsed) return true;
    if (part.querySelector("details[open]") || part.contains(document.activeElement)) return true;
    const response = await fetch(part.dataset.refresh, { headers: tag ? { "if-none-match": tag } : {}, cache: "no-store" });
    if (response.status === 304) return true;
    if (!response.ok || response.redirected) return response.status >= 500;
    tag = response.headers.get("etag");
    part.innerHTML = await response.text();
    return !part.querySelector("[data-done]");
  };
  // What a part holds may ask for another pace than the part itself.
  const pause = () => Number((part.querySelector("[data-seconds]") ?? part).dataset.seconds) * 1000;
  const turn = async () => {
    let again = true;
    try { again = await refresh(); } catch { /* the server is away for a moment: try again */ }
    if (again) setTimeout(turn, pause());
  };
  setTimeout(turn, pause());
}

// Tooltips of charts: at once and well set, instead of the browser's late ones.
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);
document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest?.(".chart *");
  const title = mark?.querySelector(":scope > title") ?? null;
  if (title) { mark.dataset.tip = title.textContent; title.remove(); }
  tip.hidden = !mark?.dataset.tip;
  tip.textContent = mark?.dataset.tip ?? "";
});
document.addEventListener("pointermove", (event) => {
  if (tip.hidden) return;
  const width = tip.offsetWidth;
  const left = Math.min(Math.max(8, event.clientX - width / 2), innerWidth - width - 8);
  const above = event.clientY - tip.offsetHeight - 14;
  tip.style.setProperty("left", `${left}px`);
  tip.style.setProperty("top", `${above < 8 ? event.clientY + 18 : above}px`);
});

// Values of the property that stands in another field are proposed as soon as it is chosen.
for (const list of document.querySelectorAll("datalist[data-values]")) {
  const of = document.getElementById(list.dataset.of);
  const propose = async () => {
    if (!of.value) return list.replaceChildren();
    try {
      const response = await fetch(`${list.dataset.values}?property=${encodeURIComponent(of.value)}`);
      if (response.ok && !response.redirected) list.innerHTML = await response.text();
    } catch { /* without proposals any value can still be typed */ }
  };
  of?.addEventListener("change", propose);
  if (of?.value) propose();
}

// A date chosen is a date shown.
for (const input of document.querySelectorAll("form[method=get]:not(.question-form, .dates) input[type=date]")) {
  input.addEventListener("change", () => { if (input.value && input.validity.valid) input.form.requestSubmit(); });
}

// What a form says so far stands beside it. It books nothing; an answer that a newer one has overtaken is dropped.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const part = document.getElementById(form.dataset.draft);
  let timer = 0, asked = 0, shown = "";
  const place = () => document.activeElement?.getBoundingClientRect().top ?? 0;
  const ask = async () => {
    const turn = ++asked;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("deed", "draft");
    try {
      const response = await fetch(form.getAttribute("action"), { method: "POST", body: fields });
      const html = await response.text();
      if (turn !== asked || !response.ok || response.redirected || html === shown) return;
      // The field that is typed in stays where it is on the screen.
      const before = place();
      part.innerHTML = shown = html;
      scrollBy({ top: place() - before, behavior: "instant" });
    } catch { /* the server is away for a moment: what is typed next asks again, and so does the button */ }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 400); });
}
