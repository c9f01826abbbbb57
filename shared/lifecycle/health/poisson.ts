/**
 * The chance that a Poisson process of this mean shows at least `count` events.
 *
 * @returns 0 to 1
 */
export const chanceOfAtLeast = (count: number, mean: number): number => {
  let term = Math.exp(-mean);
  let below = 0;
  for (let events = 0; events < count; events++) {
    below += term;
    term *= mean / (events + 1);
  }
  return Math.max(0, 1 - below);
};
