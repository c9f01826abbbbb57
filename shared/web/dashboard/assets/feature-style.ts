/** Feature page, activity and documentation. */
export const FEATURE_STYLE = `
.steps-strip { display: flex; flex-wrap: wrap; gap: 0.375rem; font-size: 0.875rem; }
.steps-strip li { padding: 0.25rem 0.75rem; border: 1px solid var(--line); border-radius: 99px; color: var(--quiet); background: var(--card); }
.steps-strip .done { color: var(--ink); border-color: var(--edge); }
.steps-strip .active { color: var(--accent); border-color: var(--accent); }
.steps-strip .regressed { color: var(--off_track); border-color: var(--off_track); }
.steps-strip .skipped, .steps-strip .unknown { border-style: dashed; }
.steps-strip [aria-current] { background: var(--tint); font-weight: 650; border-width: 2px; }
.split { display: grid; grid-template-columns: minmax(0, 1fr) 19rem; gap: 2.5rem; margin-top: 0.5rem; }
.split > div { display: flex; flex-direction: column; gap: 2.25rem; min-width: 0; }
.split > aside { display: flex; flex-direction: column; gap: 1rem; font-size: 0.9375rem; }
.split article { display: flex; flex-direction: column; gap: 0.5rem; } .split article + article { margin-top: 1rem; }
.contents { display: flex; flex-wrap: wrap; gap: 0.125rem 1rem; font-size: 0.875rem; } .contents a { display: inline-block; min-height: 1.5rem; }
.facts { display: grid; gap: 0.75rem; border: 1px solid var(--line); border-radius: 10px; padding: 1rem; background: var(--card); }
.facts dt { font-size: 0.8125rem; color: var(--quiet); }
.facts.inline { grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); }
progress { width: 5rem; height: 0.5rem; accent-color: var(--accent); vertical-align: middle; }
.verdict { font-size: 1.0625rem; }
.reasons { border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.reasons:empty { display: none; }
.reasons li { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: 0.75rem; padding: 0.625rem 1rem; }
.reasons li + li { border-top: 1px solid var(--line); }
.tag { font-size: 0.875rem; font-weight: 550; color: var(--quiet); white-space: nowrap; }
.tag::before { display: inline-block; width: 1.25em; font-weight: 700; }
.yes .tag { color: var(--on_track); } .yes .tag::before { content: "✓" / ""; }
.not .tag::before { content: "✗" / ""; }
.clash .tag { color: var(--off_track); } .clash .tag::before { content: "!" / ""; }
.blind .tag { color: var(--at_risk); } .blind .tag::before { content: "?" / ""; }
summary { cursor: pointer; padding: 0.25rem 0; color: var(--accent); }
details[open] > * + * { margin-top: 0.75rem; }
.path { display: flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; }
.path li + li::before { content: "→ "; color: var(--quiet); }
.records { border-top: 1px solid var(--line); }
.records li { padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
.records .what { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; justify-content: space-between; }
.records .quiet { font-size: 0.8125rem; }
.said { white-space: pre-line; overflow-wrap: anywhere; }
.split .filters .long { flex: 1 1 16rem; } textarea { font: inherit; width: 100%; padding: 0.375rem 0.625rem; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 6px; }
td .filters { display: inline-flex; margin-right: 0.375rem; }
.plan { display: grid; gap: 1.75rem; } .plan > li { display: flex; flex-direction: column; gap: 0.625rem; border: 1px solid var(--line); border-radius: 10px; padding: 1rem; background: var(--card); }
meter { width: 6rem; height: 0.75rem; vertical-align: middle; }
.pill { font-size: 0.8125rem; padding: 0 0.5rem; border: 1px solid var(--edge); border-radius: 99px; color: var(--quiet); }
.pill.done, .pill.merged, .pill.success { color: var(--on_track); border-color: currentColor; }
.pill.in_progress, .pill.in_review, .pill.open { color: var(--accent); border-color: currentColor; }
.timeline { border-left: 2px solid var(--line); padding-left: 1rem; }
.timeline li { padding: 0.3rem 0; }
.timeline time { color: var(--quiet); font-size: 0.8125rem; font-variant-numeric: tabular-nums; margin-right: 0.375rem; }
.timeline li a, .records a { color: inherit; text-decoration-color: var(--edge); }
.tool { font-size: 0.8125rem; color: var(--quiet); margin-right: 0.25rem; }
.day { font-size: 1rem; }
.doc { max-width: 56rem; }
.doc dl { display: grid; gap: 0.75rem; }
.doc dt { font-weight: 550; }
.doc .lines { display: grid; gap: 0.375rem; }
.operation { padding-top: 1.25rem; border-top: 1px solid var(--line); }
.api { display: grid; grid-template-columns: 16rem minmax(0, 1fr); gap: 2.5rem; align-items: start; }
.api > nav { position: sticky; top: 1rem; display: grid; gap: 0.125rem; font-size: 0.875rem; }
.api > nav a { padding-block: 0.125rem; color: var(--quiet); text-decoration: none; } .api > nav a:hover { color: var(--ink); text-decoration: underline; }
.api > div { display: flex; flex-direction: column; gap: 2rem; min-width: 0; }
.operation { display: flex; flex-direction: column; gap: 0.75rem; }
@media (max-width: 63.99rem) { .split, .api { grid-template-columns: minmax(0, 1fr); gap: 1.75rem; } .api > nav { position: static; } .split > aside { order: -1; } .split .facts { grid-template-columns: repeat(auto-fit, minmax(min(8.5rem, 100%), 1fr)); } }
@media (max-width: 40rem) { .split .facts { grid-template-columns: minmax(0, 1fr); gap: 0.375rem; } .split .facts > div { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); align-items: baseline; } .reasons li { grid-template-columns: minmax(0, 1fr); gap: 0.125rem; } }
`;
