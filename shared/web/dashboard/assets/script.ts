/**
 * What pages do where scripts run; without it every page still works. Keys move between cards, `g` leads to pages, a
 * column that grows says so and keeps the focus, a select that was chosen by pointer applies itself, and times within
 * two days become relative in tables, where they keep their width: nothing moves. At most 2 KB.
 */
export const SCRIPT = `(() => {
const d = document, all = (q, f = d) => [...f.querySelectorAll(q)], id = (q) => d.getElementById(q);
const say = (text) => id("say").textContent = text;
const cards = (f) => all("h3 a,tbody th a", f);
const go = { b: "/", o: "/objectives", a: "/activity", r: "/reports", c: "/connections" };
const keys = { j: [0, 1], k: [0, -1], h: [-1, 0], l: [1, 0] };
let g;
const on = (f, n) => { const c = cards(f); c[Math.max(0, Math.min(c.length - 1, n))]?.focus(); };
const move = (dx, dy) => {
const cols = all(".board .col").filter((c) => cards(c)[0]), at = d.activeElement;
if (!cols[0]) cols.push(id("main"));
const x = cols.findIndex((c) => cards(c).includes(at));
if (x < 0) on(cols[0], 0);
else on(cols[Math.max(0, Math.min(cols.length - 1, x + dx))], cards(cols[x]).indexOf(at) + dy);
};
d.addEventListener("keydown", (e) => {
const { key, target: t } = e;
if (e.ctrlKey || e.metaKey || e.altKey || d.documentElement.dataset.keys || t.closest("input,select,textarea")) return;
if (g && go[key]) location = go[key];
else if (keys[key]) move(...keys[key]);
else if (key == "/") id("search").focus();
else if (key == "?") location = "/me#keys";
else { g = key == "g"; return; }
g = 0;
e.preventDefault();
});
d.addEventListener("click", (e) => {
const more = e.target.closest(".more[hx-get]"), copy = e.target.closest(".copy");
if (more) {
const col = more.closest("section"), had = cards(col).length;
new MutationObserver((_, seen) => {
const n = cards(col).length - had;
if (n < 1) return;
seen.disconnect();
on(col, had);
say(n + " more features shown");
}).observe(col, { childList: true });
}
if (copy && navigator.clipboard) {
e.preventDefault();
navigator.clipboard.writeText(copy.href).then(() => say("Link copied"));
}
});
d.addEventListener("change", ({ target: t }) => {
if (t.matches(".tools select:not(:focus-visible)")) t.form.requestSubmit();
});
for (const [one, wide] of all("main td time[datetime$=Z]").map((one) => [one, one.offsetWidth + 1])) {
const min = Math.round((Date.now() - Date.parse(one.dateTime)) / 6e4);
if (min < 0 || min > 2880) continue;
one.title = one.textContent;
one.style.minWidth = wide + "px";
one.textContent = min < 1 ? "just now" : min < 60 ? min + " min ago" : Math.round(min / 60) + " h ago";
}
})();`
  .replace(/ (=>|==|=|\|\||&&|[+?:<>]) /g, "$1")
  .replace(/([,;{}]|\bif|\bfor) | (?=[{}])/g, "$1");
