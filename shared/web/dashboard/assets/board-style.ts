/** The board: eight columns from 80rem on, one list below. */
export const BOARD_STYLE = `
.head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0.5rem 2rem; }
.summary { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; font-size: 0.9375rem; }
.summary a { text-decoration: none; padding-block: 0.125rem; } .summary a:hover { text-decoration: underline; }
.as-of { padding: 0.5rem 0.75rem; margin-block: 0.5rem; border: 2px solid var(--edge); border-radius: 8px; background: var(--tint); }
.was { font-style: italic; } .compared { margin-block: 0.5rem; }
.jump { display: none; }
section.board { display: flex; position: relative; flex-direction: row; gap: 0.625rem; align-items: start; overflow-x: auto; padding-bottom: 0.5rem; }
.col { flex: 1 1 0; min-width: 8.5rem; display: flex; flex-direction: column; gap: 0.5rem; }
.col.none { flex: 0 0 auto; min-width: 6rem; }
.col h2 { display: flex; justify-content: space-between; gap: 0.5rem; padding: 0.375rem 0.125rem; font-size: 0.875rem; letter-spacing: 0; overflow-wrap: normal; }
.col.none h2 { color: var(--quiet); font-weight: 500; }
.col h2 span { color: var(--quiet); font-weight: 500; font-variant-numeric: tabular-nums; }
.col ol { display: flex; flex-direction: column; gap: 0.5rem; }
.col article { display: flex; flex-direction: column; gap: 0.25rem; padding: 0.625rem 0.6875rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; font-size: 0.8125rem; line-height: 1.4; color: var(--quiet); }
.col article:hover, .col article:focus-within { border-color: var(--edge); }
.col h3 { font-size: 0.875rem; line-height: 1.35; font-weight: 550; text-wrap: pretty; }
.col h3 a { color: var(--ink); text-decoration: none; } .col h3 a:hover { text-decoration: underline; }
.row { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.125rem 0.5rem; font-variant-numeric: tabular-nums; }
.col .strip { width: 66px; } .row span { font-size: 0.75rem; }
.colhead { display: flex; align-items: baseline; border-bottom: 2px solid var(--edge); } .col.none .colhead { border-color: var(--line); }
.colhead h2 { flex: 1; }
.fold { min-width: 1.5rem; min-height: 1.5rem; text-align: center; color: var(--quiet); text-decoration: none; border-radius: 4px; } .fold:hover { background: var(--tint); }
.features thead a { color: inherit; display: inline-block; min-height: 1.5rem; } .features [aria-sort] a { color: var(--ink); font-weight: 600; }
.col .more { display: block; padding: 0.375rem; text-align: center; font-size: 0.8125rem; border: 1px solid var(--line); border-radius: 8px; text-decoration: none; }
.col .more:hover { background: var(--tint); }
.features .key { white-space: nowrap; color: var(--quiet); font-size: 0.875rem; }
.features tbody th { min-width: 13rem; }
.features .stage { display: block; margin-bottom: 0.3rem; }
@media (max-width: 63.99rem) {
  .jump { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 0.375rem; }
  .jump a { display: flex; justify-content: space-between; gap: 0.5rem; padding: 0.3rem 0.625rem; font-size: 0.875rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--ink); text-decoration: none; }
  section.board { flex-direction: column; align-items: stretch; gap: 1.25rem; overflow: visible; }
  .col { flex: none; } .col.none { display: none; }
  .col h2 { font-size: 1rem; }
  .col ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); }
  .col article { height: 100%; }
}
`;
