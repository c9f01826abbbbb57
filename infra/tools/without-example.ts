/** Operations that the demo cannot show, with the reason; those that answer with nothing are not among them. */
export const WITHOUT_EXAMPLE: Readonly<Record<string, string>> = {
  get_incident: "no connector reads incidents of its own; those of help desks are tickets",
};
