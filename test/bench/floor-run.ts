import type { Asked } from "./page-server.ts";

/** What reading the pages alone needs. */
export interface Floor {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly requests: number;
  readonly megabytes: number;
}

/**
 * `main.ts floor-run <address of a page server> <requests at once>`: makes the requests that the server knows again,
 * with `fetch` and `JSON.parse` and nothing else. Meant for a process of its own; prints a {@link Floor}.
 */
export const floorRun = async ([url = "", atOnce = "1"]: readonly string[]): Promise<void> => {
  const asked = (await (await fetch(`${url}/-/asked`)).json()) as Asked[];
  let at = 0;
  let characters = 0;
  const reader = async (): Promise<void> => {
    for (let one = asked[at++]; one !== undefined; one = asked[at++]) {
      const response = await fetch(`${url}${one.path}`, {
        method: one.method,
        headers: { "content-type": "application/json" },
        ...(one.body !== "" && { body: one.body }),
      });
      const text = await response.text();
      if (text !== "") JSON.parse(text);
      characters += text.length;
    }
  };
  const before = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(Array.from({ length: Number(atOnce) }, reader));
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(before);
  const floor: Floor = {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    requests: asked.length,
    megabytes: characters / 1e6,
  };
  process.stdout.write(`${JSON.stringify(floor)}\n`);
};
