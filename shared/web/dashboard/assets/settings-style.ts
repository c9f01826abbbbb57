/** Forms and secrets that are shown once. */
export const SETTINGS_STYLE = `
.fields { display: grid; gap: 0.75rem; max-width: 28rem; margin-top: 0.75rem; }
.fields label { display: grid; gap: 0.25rem; font-size: 0.9375rem; }
.fields fieldset { border: 1px solid var(--line); border-radius: 8px; padding: 0.5rem 0.75rem; margin: 0; }
.fields fieldset label { display: flex; align-items: center; gap: 0.5rem; min-height: 1.75rem; }
.fields button, td button { justify-self: start; min-height: 2rem; white-space: nowrap; }
.once { border: 1px solid var(--accent); border-radius: 8px; background: var(--tint); padding: 0.75rem 1rem; margin-block: 1rem; }
.once code { user-select: all; white-space: normal; overflow-wrap: anywhere; }
`;
