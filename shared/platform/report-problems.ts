import type { Secrets } from "../ports/secrets.ts";
import type { ConfigProblem } from "./config.ts";
import type { HubConfig } from "./define-hub.ts";
import { suggestion } from "./suggestion.ts";

/** Settings of reports and mails that name a secret: the place of each, with the secret's name. */
const secretsIn = ({ reports = {}, mail }: HubConfig): (readonly [path: readonly string[], name: string])[] => [
  ...(mail?.smtp === undefined ? [] : [[["mail", "smtp"], mail.smtp.secret] as const]),
  ...Object.entries(reports).flatMap(([name, { to, signWith }]) => [
    ...(signWith === undefined ? [] : [[["reports", name, "signWith"], signWith.secret] as const]),
    ...to.flatMap((one) =>
      one.startsWith("webhook:") ? [[["reports", name, "to"], one.slice("webhook:".length)] as const] : [],
    ),
  ]),
];

/** Names of all secrets that reports are sent with. */
export const reportSecrets = (config: HubConfig): string[] => {
  const outputs = Object.values(config.reports ?? {})
    .flatMap(({ to }) => to)
    .flatMap((one) => config.outputs?.[one.replace(/^(?:slack|teams):/, "")] ?? [])
    .flatMap((output) => Object.values(output))
    .flatMap((value) => (typeof value === "object" && "secret" in value ? [value.secret] : []));
  return [...new Set([...secretsIn(config).map(([, name]) => name), ...outputs])];
};

/** What cannot be meant of reports: products and outputs that are not there, mails without a sender, secrets that nobody set. */
export const reportProblems = async (config: HubConfig, secrets: Pick<Secrets, "get">): Promise<ConfigProblem[]> => {
  const { reports = {}, products = {}, outputs = {}, mail } = config;
  const problems: ConfigProblem[] = [];
  const add = (path: readonly PropertyKey[], message: string) => problems.push({ path, message });
  for (const [name, report] of Object.entries(reports)) {
    const at = ["reports", name];
    if (report.kind === "own" && report.sections === undefined)
      add([...at, "sections"], "a report of its own kind names its sections");
    for (const [place, slug] of (report.products ?? []).entries())
      if (!Object.hasOwn(products, slug))
        add([...at, "products", place], `no product "${slug}"${suggestion(slug, Object.keys(products))}`);
    for (const [place, recipient] of report.to.entries()) {
      const [way = "", to = ""] = recipient.split(":");
      if (way === "email" && mail === undefined) add([...at, "to", place], `${recipient} needs mail.from`);
      if (way !== "slack" && way !== "teams") continue;
      const known = Object.keys(outputs).filter((one) => outputs[one]?.connector === way);
      if (!known.includes(to)) add([...at, "to", place], `no output "${to}" to ${way}${suggestion(to, known)}`);
    }
  }
  for (const [path, name] of secretsIn(config))
    if ((await secrets.get(name)) === undefined)
      add([...path], `${name} is not set: put it into .env or the environment`);
  return problems;
};
