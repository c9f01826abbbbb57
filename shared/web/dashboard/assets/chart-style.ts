/** Charts: colours by class, series told apart by dash too. */
export const CHART_STYLE = `
figure.chart { margin: 0; display: flex; flex-direction: column; gap: 0.5rem; }
.chart svg { display: block; width: 100%; height: auto; max-width: 48rem; overflow: visible; }
.chart svg.stages { height: 1rem; border-radius: 4px; max-width: none; }
.chart path { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
.chart .grid, .roadmap .grid { stroke: var(--line); stroke-width: 1; }
.chart text, .roadmap text { font-size: 11px; fill: var(--quiet); font-variant-numeric: tabular-nums; }
.chart .y { text-anchor: end; } .chart .x { text-anchor: middle; }
.chart .s0 { stroke: var(--accent); } .chart circle.s0 { fill: var(--accent); } .chart .s1 { stroke: var(--quiet); stroke-dasharray: 6 3; } .chart .s2 { stroke: var(--on_track); stroke-dasharray: 2 3; } .chart .s3 { stroke: var(--at_risk); stroke-dasharray: 8 3 2 3; }
.chart .mark { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 2 3; }
.chart .bar { fill: var(--accent); }
.k { margin-left: 0.75rem; font-size: 0.8125rem; color: var(--quiet); white-space: nowrap; }
.k::before { content: "" / ""; display: inline-block; width: 1.25rem; margin-right: 0.35rem; vertical-align: middle; border-top: 2px solid var(--accent); }
.k1::before { border-top: 2px dashed var(--quiet); } .k2::before { border-top: 2px dotted var(--on_track); } .k3::before { border-top: 2px dashed var(--at_risk); }
.marks { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.8125rem; color: var(--quiet); }
.parts { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.8125rem; }
.parts a { display: inline-block; min-height: 1.5rem; color: inherit; text-decoration: none; } .parts a:hover { text-decoration: underline; }
.parts a::before { content: "" / ""; display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.35em; border-radius: 2px; border: 1px solid var(--edge); }
.p0, .p1, .p2, .p3, .p4, .p5, .p6, .p7 { stroke: var(--card); }
.p0 { fill: color-mix(in srgb, var(--accent) 12%, var(--card)); } .q0::before { background: color-mix(in srgb, var(--accent) 12%, var(--card)); }
.p1 { fill: color-mix(in srgb, var(--accent) 24%, var(--card)); } .q1::before { background: color-mix(in srgb, var(--accent) 24%, var(--card)); }
.p2 { fill: color-mix(in srgb, var(--accent) 38%, var(--card)); } .q2::before { background: color-mix(in srgb, var(--accent) 38%, var(--card)); }
.p3 { fill: color-mix(in srgb, var(--accent) 54%, var(--card)); } .q3::before { background: color-mix(in srgb, var(--accent) 54%, var(--card)); }
.p4 { fill: color-mix(in srgb, var(--accent) 75%, var(--card)); } .q4::before { background: color-mix(in srgb, var(--accent) 75%, var(--card)); }
.p5 { fill: var(--accent); } .q5::before { background: var(--accent); }
.p6 { fill: color-mix(in srgb, var(--on_track) 60%, var(--card)); } .q6::before { background: color-mix(in srgb, var(--on_track) 60%, var(--card)); }
.p7 { fill: var(--on_track); } .q7::before { background: var(--on_track); }
.spark { width: 96px; height: 20px; vertical-align: middle; } .spark path { fill: none; stroke: var(--accent); stroke-width: 1.5; }
.roadmap { display: block; width: 100%; min-width: 44rem; height: auto; background: var(--card); }
.roadmap a text { fill: var(--ink); font-size: 12px; } .roadmap a:hover text { text-decoration: underline; }
.roadmap .due { fill: var(--quiet); } .roadmap .on_track { fill: var(--on_track); } .roadmap .at_risk { fill: var(--at_risk); } .roadmap .off_track { fill: var(--off_track); }
.roadmap .first { fill: none; stroke: var(--edge); stroke-dasharray: 3 2; }
.roadmap .now { stroke: var(--accent); stroke-width: 1.5; }
@media (forced-colors: active) { .chart path, .spark path, .roadmap .now, .roadmap .first { stroke: CanvasText; } .chart .bar, .roadmap .due, .chart rect { fill: CanvasText; } }
`;
