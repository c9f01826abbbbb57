/** Forms that change something. */
export const FORM_STYLE = `
.sheet { display: grid; gap: 0.75rem; max-width: 40rem; }
.sheet label > span:first-child, .act label > span:not(.vh) { display: block; font-size: 0.8125rem; color: var(--quiet); }
.sheet label > input:not([type=checkbox]), textarea { width: 100%; }
textarea { font: 0.875rem/1.5 var(--mono); padding: 0.5rem 0.625rem; color: var(--ink); background: var(--card); border: 1px solid var(--edge); border-radius: 6px; }
.sheet button { justify-self: start; }
.sheet fieldset { border: 1px solid var(--line); border-radius: 6px; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
.sheet .tick { display: inline-flex; align-items: center; gap: 0.375rem; } .tick input { min-height: 1.5rem; }
section > .switch { align-self: flex-start; max-width: 100%; flex-wrap: wrap; }
.stack { display: flex; flex-direction: column; gap: 1rem; } .stack > section { display: flex; flex-direction: column; gap: 0.75rem; margin-top: 0.75rem; }
.act { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem; }
.trouble-note { border-left: 3px solid var(--off_track); padding-left: 0.75rem; max-width: 46rem; }
`;
