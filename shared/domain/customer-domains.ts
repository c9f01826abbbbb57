/** Domains at which anybody has a mailbox: they say nothing of who somebody works for. */
const FREE_MAIL: ReadonlySet<string> = new Set(
  "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com icloud.com me.com mac.com proton.me protonmail.com pm.me fastmail.com hey.com mail.com email.com zoho.com gmx.com gmx.net gmx.de gmx.at gmx.ch web.de t-online.de freenet.de posteo.de mailbox.org tutanota.com tuta.io orange.fr free.fr laposte.net wanadoo.fr sfr.fr libero.it virgilio.it tiscali.it seznam.cz wp.pl onet.pl interia.pl o2.pl mail.ru bk.ru list.ru inbox.ru rambler.ru ukr.net qq.com 163.com 126.com sina.com foxmail.com naver.com hanmail.net daum.net rediffmail.com uol.com.br bol.com.br terra.com.br comcast.net verizon.net att.net btinternet.com sky.com bigpond.com".split(
    " ",
  ),
);
/** Countries' variants of the same: `yahoo.co.uk`, `hotmail.fr`. */
const FREE_MAIL_OF_COUNTRIES = /^(?:yahoo|hotmail|outlook|live|yandex|gmx|protonmail)\.[a-z]{2,3}(?:\.[a-z]{2})?$/;

/** The domains that tell which company a customer is, in lower case and without `www.`; those of free mail are not among them. */
export const companyDomains = (domains: readonly string[] = []): string[] => {
  const bare = domains.map((domain) =>
    domain
      .trim()
      .toLowerCase()
      .replace(/^www\./, "")
      .replace(/\.$/, ""),
  );
  return [...new Set(bare)]
    .filter((domain) => domain.includes(".") && !FREE_MAIL.has(domain) && !FREE_MAIL_OF_COUNTRIES.test(domain))
    .sort();
};

/** What tells whether customers of two tools are one. */
export interface CustomerAt {
  readonly id: string;
  readonly connectionId: string;
  readonly domains?: readonly string[] | undefined;
}

/**
 * Domains of customers that make them one, each with those who have it: customers of different connections. A domain
 * that two customers of one connection have says nothing: the tool keeps them apart.
 */
export const sharedDomains = <C extends CustomerAt>(customers: readonly C[]): ReadonlyMap<string, readonly C[]> => {
  const byDomain = new Map<string, C[]>();
  for (const customer of customers)
    for (const domain of companyDomains(customer.domains))
      byDomain.set(domain, [...(byDomain.get(domain) ?? []), customer]);
  return new Map(
    [...byDomain].filter(
      ([, some]) => some.length > 1 && new Set(some.map(({ connectionId }) => connectionId)).size === some.length,
    ),
  );
};

/** Customers by the one that stands for them: of those whom domains join, over any number of steps, the smallest id. */
export const oneCustomer = (customers: readonly CustomerAt[]): ReadonlyMap<string, string> => {
  const standsFor = new Map(customers.map(({ id }) => [id, id]));
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const some of sharedDomains(customers).values()) {
      const first = some.map(({ id }) => standsFor.get(id) ?? id).sort()[0] ?? "";
      for (const { id } of some)
        if (standsFor.get(id) !== first) {
          standsFor.set(id, first);
          isNew = true;
        }
    }
  }
  return standsFor;
};
