import { BOARD_STYLE } from "./board-style.ts";
import { CHART_STYLE } from "./chart-style.ts";
import { FEATURE_STYLE } from "./feature-style.ts";
import { FORM_STYLE } from "./form-style.ts";
import { SETTINGS_STYLE } from "./settings-style.ts";

/** Tokens, the frame of every page, and what all pages share. Text, not a file: the app reads no files. */
const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f8f7f4, #141516);
  --card: light-dark(#fff, #1c1d1f);
  --ink: light-dark(#1e1d1b, #ecebe8);
  --quiet: light-dark(#5f5c56, #a8a59f);
  --line: light-dark(#e4e1da, #2f3133);
  --edge: light-dark(#8c887f, #797b7e);
  --accent: light-dark(#3b4cb8, #a3b2ff);
  --tint: light-dark(#eceefb, #23263d);
  --on_track: light-dark(#1d7446, #72c998);
  --at_risk: light-dark(#8f5b00, #e2b354);
  --off_track: light-dark(#b3261e, #ff938a);
  --slot: light-dark(#e4e1da, #37393c);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
  --gap: clamp(1rem, 2.5vw, 2rem);
}
.light { color-scheme: light; } .dark { color-scheme: dark; }
* { box-sizing: border-box; }
html { font: 100%/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink); overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; font-weight: 600; margin: 0; }
h1 { font-size: clamp(1.5rem, 1.2rem + 1.2vw, 2.1rem); letter-spacing: -0.02em; }
h2 { font-size: 1.2rem; letter-spacing: -0.01em; }
h3 { font-size: 1rem; }
p, ul, ol, dl, dd { margin: 0; padding: 0; }
ul, ol { list-style: none; }
a { color: var(--accent); text-underline-offset: 0.2em; text-decoration-thickness: 1px; unicode-bidi: isolate; }
a:hover { text-decoration-thickness: 2px; }
h1, h3, td, th, dd { unicode-bidi: isolate; }
code { font: 0.9em var(--mono); background: var(--tint); padding: 0.1em 0.35em; border-radius: 4px; }
pre { overflow-x: auto; padding: 0.75rem 1rem; margin: 0; border: 1px solid var(--line); border-radius: 8px; background: var(--card); font-size: 0.875rem; }
pre code { background: none; padding: 0; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; background: var(--card); border: 1px solid var(--edge); border-radius: 6px; z-index: 1; }
.skip:focus { top: 0.5rem; }
.summary a, .fresh a, .pages a, .crumbs a, .end a, .reset { display: inline-block; min-height: 1.5rem; }
.quiet { color: var(--quiet); }
.sub { display: block; font-size: 0.8125rem; font-weight: 400; }
.lead { font-size: 1.0625rem; color: var(--quiet); max-width: 46rem; }
.eyebrow { color: var(--quiet); font-size: 0.875rem; }

.top { display: flex; align-items: center; gap: 0.25rem 1.25rem; padding: 0.75rem var(--gap); background: var(--card); border-bottom: 1px solid var(--line); }
.brand { display: inline-flex; align-items: center; gap: 0.5rem; min-height: 2rem; font-weight: 650; letter-spacing: -0.01em; color: var(--ink); text-decoration: none; }
.brand svg { width: 24px; height: 12px; stroke: var(--accent); stroke-width: 1.5; fill: var(--card); }
.top nav { display: flex; flex-wrap: wrap; gap: 0.125rem; }
.top nav a { padding: 0.25rem 0.625rem; min-height: 2rem; border-radius: 6px; color: var(--quiet); text-decoration: none; font-size: 0.9375rem; }
.top nav a:hover { color: var(--ink); background: var(--paper); }
.top nav a[aria-current] { color: var(--ink); background: var(--tint); font-weight: 550; }
.search { flex: 0 1 13rem; min-width: 7.5rem; margin-left: auto; }
.search input { width: 100%; }
.fresh { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.125rem 1rem; padding: 0.375rem var(--gap); font-size: 0.8125rem; color: var(--quiet); border-bottom: 1px solid var(--line); }
.fresh a { color: inherit; padding-block: 0.15rem; }
.fresh .behind { color: var(--at_risk); }
.demo { padding: 0.375rem var(--gap); font-size: 0.8125rem; background: var(--tint); }
.crumbs { display: flex; flex-wrap: wrap; gap: 0.5rem; padding: 0.875rem var(--gap) 0; font-size: 0.8125rem; color: var(--quiet); max-width: 80rem; width: 100%; margin-inline: auto; }
.crumbs a { color: inherit; }
main { flex: 1; display: flex; flex-direction: column; gap: 1rem; width: 100%; max-width: 80rem; margin-inline: auto; padding: 1.25rem var(--gap) 3rem; }
main.wide { max-width: none; }
main > section, .split section { display: flex; flex-direction: column; gap: 0.75rem; }
main > section { margin-top: 0.75rem; }
.end { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 1rem var(--gap); border-top: 1px solid var(--line); font-size: 0.8125rem; color: var(--quiet); }
.end a { color: inherit; }
.end code { background: none; padding: 0; }

input, select, button { font: inherit; font-size: 0.9375rem; min-height: 2.125rem; max-width: 100%; padding: 0.25rem 0.625rem; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 6px; }
button { padding-inline: 1rem; cursor: pointer; font-weight: 550; }
button:hover { background: var(--tint); }
.tools { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: 0.75rem; }
.filters { display: flex; flex-wrap: wrap; align-items: end; gap: 0.625rem; }
.tools .filters input:not([type=date]) { width: 10.5rem; }
.filters label span { display: block; font-size: 0.8125rem; color: var(--quiet); }
.filters select { max-width: 12rem; }
.folded { flex: 1 1 40rem; } .folded > summary { cursor: pointer; min-height: 2rem; padding-block: 0.25rem; }
.times { display: flex; flex-wrap: wrap; align-items: end; gap: 0.25rem 1.5rem; margin-top: 0.5rem; font-size: 0.875rem; } .times a { display: inline-block; min-height: 1.5rem; margin-right: 0.75rem; } .times a[aria-current] { color: var(--ink); font-weight: 550; text-decoration: none; }
.slide { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem; } .slide label span { display: block; font-size: 0.8125rem; color: var(--quiet); } .slide input { padding: 0; width: 14rem; accent-color: var(--accent); } .slide button { min-height: 1.75rem; font-size: 0.875rem; padding-inline: 0.75rem; }
.reset { padding: 0.375rem 0.25rem; font-size: 0.9375rem; }
.switch { display: inline-flex; border: 1px solid var(--edge); border-radius: 6px; overflow: hidden; }
main > .switch { align-self: flex-start; flex-wrap: wrap; max-width: 100%; } .switch a { padding: 0.3rem 0.75rem; color: var(--ink); text-decoration: none; font-size: 0.875rem; }
.switch a + a { border-left: 1px solid var(--edge); }
.switch a:focus-visible { outline-offset: -2px; }
.switch a[aria-current] { background: var(--tint); font-weight: 550; }

.h { white-space: nowrap; font-weight: 550; color: var(--quiet); }
.h::before { content: "○" / ""; margin-right: 0.35em; font-size: 0.85em; }
.h.on_track { color: var(--on_track); } .h.on_track::before { content: "●" / ""; }
.h.at_risk { color: var(--at_risk); } .h.at_risk::before { content: "▲" / ""; }
.h.off_track { color: var(--off_track); } .h.off_track::before { content: "■" / ""; }
.strip { width: 79px; height: 10px; flex: none; display: block; background: repeating-linear-gradient(90deg, var(--slot) 0 11.392%, transparent 11.392% 12.658%) 0 50% / 100% 4px no-repeat; }
.strip path { fill: none; stroke: var(--quiet); stroke-width: 4; }
.strip .a { stroke: var(--accent); stroke-width: 10; }
.strip .s { stroke-width: 1; }
.strip .r { stroke: var(--off_track); }
.strip .u { stroke-dasharray: 1.8 1.8; stroke-width: 2; }

section.scroll { display: block; position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
th, td { padding: 0.5rem 0.875rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: break-word; }
thead th { border-top: 0; font-size: 0.8125rem; font-weight: 500; color: var(--quiet); white-space: nowrap; }
tbody th { font-weight: 500; }
.dense .pill { display: inline-block; } .dense th, .dense td { padding-inline: 0.5rem; font-size: 0.875rem; } .dense thead th { font-size: 0.8125rem; } .dense button { padding-inline: 0.625rem; font-size: 0.875rem; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td time { display: inline-block; white-space: nowrap; }
.trouble td { border-top: 0; padding-top: 0; color: var(--off_track); font-size: 0.875rem; }
.chips { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.chips li { padding: 0.125rem 0.625rem; border: 1px solid var(--edge); border-radius: 99px; font-size: 0.8125rem; }
.pages { display: flex; flex-wrap: wrap; gap: 1.25rem; font-size: 0.9375rem; }
.pages a, .more { padding-block: 0.25rem; }
.empty { padding: clamp(1.25rem, 4vw, 2.5rem); border: 1px dashed var(--edge); border-radius: 10px; max-width: 46rem; }
.steps { display: grid; gap: 0.75rem; } .steps dt { color: var(--quiet); font-size: 0.875rem; }
figure { margin: 0; } figure svg, iframe.mail { max-width: 100%; } figure svg { height: auto; } iframe.mail { border: 1px solid var(--line); border-radius: 8px; background: #fff; }
.keys { display: grid; gap: 0.25rem; } .keys div { display: grid; grid-template-columns: 6rem 1fr; } kbd { font: 0.875em var(--mono); padding: 0.1em 0.4em; border: 1px solid var(--edge); border-radius: 4px; background: var(--card); }
.acts { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.9375rem; } .acts a { display: inline-block; min-height: 1.5rem; } label.box { display: inline-flex; align-items: center; gap: 0.375rem; min-height: 2rem; } label.box input { min-height: 0; }
.blocks { columns: 24rem 2; column-gap: 2.5rem; } .blocks section { display: flex; flex-direction: column; gap: 0.5rem; padding-bottom: 1.5rem; break-inside: avoid; } .blocks h2 { font-size: 1rem; } .blocks h2 a { color: inherit; }
.plain li + li { margin-top: 0.25rem; }

@media (max-width: 40rem) {
  .top { flex-wrap: wrap; } .search { margin-left: 0; flex: 1 1 100%; }
  .top nav { margin-inline: -0.5rem; } .top nav a { padding-inline: 0.5rem; font-size: 0.875rem; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } .cards, .cards :is(tbody, tr, th, td) { display: block; }
  .cards tr { padding: 0.75rem 0.875rem; } .cards tr + tr { border-top: 1px solid var(--line); } .cards :is(tbody th, td) { padding: 0.125rem 0; border: 0; } .cards tbody th { font-size: 1rem; }
  .cards tbody td { position: relative; padding-left: 8.5rem; min-height: 1.5rem; text-align: left; white-space: normal; } .cards td::before { content: attr(data-label) / ""; position: absolute; left: 0; width: 8rem; color: var(--quiet); } .cards td:empty { display: none; }
  .filters { width: 100%; display: grid; grid-template-columns: 1fr 1fr; } .filters input, .filters select, .tools .filters input:not([type=date]) { width: 100%; } .filters label { min-width: 0; }
}
@media (min-width: 75rem) {
  .tools { position: relative; } .folded { flex-basis: 100%; } .tools > .switch { position: absolute; right: 0; bottom: 0; } .tools .times { padding-right: 15rem; }
  .tools .filters { gap: 0.5rem; flex: 1; } .tools .filters label { flex: 1 1 6rem; min-width: 0; max-width: 12rem; } .tools .filters label:has([type=date]), .tools .filters > :not(label) { flex: none; }
  .tools .filters :is(select, input) { padding-inline: 0.375rem; } .tools .filters :is(select, input:not([type=date])) { width: 100%; } .tools .reset { padding-inline: 0; }
}
@media (min-width: 37.5rem) { @supports selector(::details-content) { .folded > summary { display: none; } .folded::details-content { content-visibility: visible; block-size: auto; } } }
@media (min-width: 40rem) { code { white-space: nowrap; } pre code { white-space: pre; } }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media (forced-colors: active) { .strip path { stroke: CanvasText; } .strip { border: 1px solid CanvasText; } }
@media print { .top, .tools, .crumbs, .end, .skip, .pages, .jump, .more { display: none; } body { background: none; } a.out::after { content: " (" attr(href) ")"; font-size: 0.75em; } li, tr, article { break-inside: avoid; } }
`;

/** The one stylesheet of all pages. */
export const STYLE = [BASE_STYLE, BOARD_STYLE, FEATURE_STYLE, SETTINGS_STYLE, FORM_STYLE, CHART_STYLE]
  .join("")
  .replace(/\n\s*/g, "\n")
  .trim();
