import type { TicketRecord } from "../../flow/record.ts";
import { DAY } from "../rule-set.ts";
import { counted, listed } from "../sentence.ts";
import { lastValues } from "./adoption.ts";
import { type Dimension, type Finding, judged, newest, notApplicable, unlessBlind } from "./dimension.ts";
import type { HealthInput } from "./input.ts";
import { inflowOf } from "./quality.ts";
import type { HealthRules } from "./rules.ts";
import { isReached } from "./standing.ts";

const WEEK = 7 * DAY;
const RATED_WITHIN = 28 * DAY;

/** Whether those who use it need more help than before, are less content, or wait longer than was promised. */
export const support = (input: HealthInput, rules: HealthRules): Dimension => {
  const tickets = (input.tickets ?? []).filter(({ goneAt }) => goneAt === undefined || goneAt > input.asOf);
  if (!isReached(input, "production")) return notApplicable("support", "customers do not have it yet");
  if (input.feeds?.support?.state === "none" && tickets.length === 0)
    return notApplicable("support", "no support tool is connected");
  const now = Date.parse(input.asOf);
  const times = tickets.map(({ createdAt }) => Date.parse(createdAt));
  const users = activeUsers(input, rules);
  // By users where both are known: twice the users may ask twice as much.
  const inflow = inflowOf(times, now, users === undefined ? 1 : users.now / users.before);
  const per = users === undefined ? "" : `, for ${Math.round(users.now)} active users`;
  const told = `${counted(inflow.recent, "ticket")} within 7 d, usual ${inflow.usual} per week${per}`;
  const measured = { value: `${inflow.recent} in 7 d`, threshold: `usual ${inflow.usual} per week${per}` };
  const { atRiskBelow, offTrackBelow, fewestTickets } = rules.support;
  const recent = tickets.filter(({ createdAt }) => Date.parse(createdAt) > now - WEEK).map(({ url }) => url);
  const findings: Finding[] = [];
  if (inflow.recent >= fewestTickets && inflow.chance < atRiskBelow)
    findings.push({
      ...measured,
      level: inflow.chance < offTrackBelow ? "off_track" : "at_risk",
      text: told,
      evidence: recent,
    });
  findings.push(...ratingFindings(tickets, now, rules), ...promiseFindings(tickets, now));
  const dimension = judged("support", findings, {
    ...measured,
    text: told,
    evidence: recent,
    dataAt: newest(tickets.map(({ createdAt }) => createdAt)),
    isRequired: true,
    turns: [
      ...times.flatMap((at) => [at + WEEK, at + 5 * WEEK]),
      ...tickets.flatMap(({ ratedAt, promiseEndsAt }) => [
        ...(ratedAt === undefined ? [] : [Date.parse(ratedAt) + RATED_WITHIN, Date.parse(ratedAt) + 2 * RATED_WITHIN]),
        ...(promiseEndsAt === undefined ? [] : [Date.parse(promiseEndsAt)]),
      ]),
    ],
  });
  return unlessBlind(dimension, input, "support");
};

/** Active users now and, on average, of the four values before. */
const activeUsers = ({ metrics = [] }: HealthInput, rules: HealthRules) => {
  const wanted = rules.support.activeUsers?.toLowerCase();
  const metric = metrics.find(({ fields: { name, key, unit } }) =>
    wanted === undefined
      ? /active users/i.test(name) || (/active/i.test(name) && /^(users|people)$/i.test(unit ?? ""))
      : name.toLowerCase() === wanted || key?.toLowerCase() === wanted,
  );
  const values = metric === undefined ? [] : lastValues(metric, 5);
  const now = values.at(-1);
  const before = values.slice(0, -1);
  const mean = before.reduce((sum, value) => sum + value, 0) / before.length;
  return now === undefined || !(mean > 0) || now <= 0 ? undefined : { now, before: mean };
};

/** Good ratings of the last 28 d beside those of the 28 d before. */
const ratingFindings = (tickets: readonly TicketRecord[], now: number, { support: rules }: HealthRules): Finding[] => {
  const rated = (from: number, to: number) =>
    tickets.filter(
      ({ rating, ratedAt = "" }) => rating !== undefined && Date.parse(ratedAt) > from && Date.parse(ratedAt) <= to,
    );
  const [is, was] = [rated(now - RATED_WITHIN, now), rated(now - 2 * RATED_WITHIN, now - RATED_WITHIN)];
  if (is.length < rules.fewestRatings || was.length < rules.fewestRatings) return [];
  const good = (some: readonly TicketRecord[]) =>
    (some.filter(({ rating }) => rating === "good").length / some.length) * 100;
  const lost = good(was) - good(is);
  const level =
    lost >= rules.ratingOffTrackPoints ? "off_track" : lost >= rules.ratingAtRiskPoints ? "at_risk" : undefined;
  if (level === undefined) return [];
  const value = `${Math.round(good(is))} % good`;
  return [
    {
      level,
      value,
      threshold: `${Math.round(good(was))} % in the 28 d before`,
      text: `${value} of ${is.length} ratings within 28 d, ${Math.round(good(was))} % of ${was.length} before`,
      evidence: is.filter(({ rating }) => rating === "bad").map(({ url }) => url),
    },
  ];
};

/** Open tickets whose promise ended unmet. */
const promiseFindings = (tickets: readonly TicketRecord[], now: number): Finding[] => {
  const broken = tickets.filter(
    ({ isOpen, isBroken, promiseEndsAt }) =>
      isOpen && (isBroken === true || (promiseEndsAt !== undefined && Date.parse(promiseEndsAt) <= now)),
  );
  if (broken.length === 0) return [];
  return [
    {
      level: "off_track",
      gates: true,
      value: counted(broken.length, "ticket"),
      threshold: "none",
      text: `${counted(broken.length, "open ticket")} past the SLA: ${listed(broken.map(({ name }) => name))}`,
      evidence: broken.map(({ url }) => url),
    },
  ];
};
