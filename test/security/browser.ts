import type { webApp } from "../../shared/web/app.ts";

type App = ReturnType<typeof webApp>;

/** A browser as far as sign-in needs one: it keeps cookies, and knows the form token of the page that it is on. */
export const browser = (app: App, host = "localhost:4100") => {
  const cookies = new Map<string, string>();
  const origin = host.startsWith("localhost") ? `http://${host}` : `https://${host}`;
  const ask = async (path: string, init: { method?: string; body?: string; headers?: Record<string, string> } = {}) => {
    const response = await app.request(`${origin}${path}`, {
      ...init,
      headers: { host, cookie: [...cookies].map((pair) => pair.join("=")).join("; "), ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return {
    cookies,
    get: ask,
    /** Sends a form of the page, as the page has it. */
    async send(
      page: string,
      action: string,
      fields: Readonly<Record<string, string>> = {},
      headers: Record<string, string> = {},
    ) {
      const html = await (await ask(page)).text();
      const token = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? "";
      return ask(action, {
        method: "POST",
        body: new URLSearchParams({ form_token: token, ...fields }).toString(),
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          origin,
          "sec-fetch-site": "same-origin",
          ...headers,
        },
      });
    },
  };
};
