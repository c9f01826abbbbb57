import { setCookie } from "hono/cookie";
import { HubError } from "../../connector/errors.ts";
import { isZone } from "../../domain/day.ts";
import { answerForm, PostForm, tokenOf } from "./form.tsx";
import { type PageHandler, sendPage } from "./page.tsx";
import { preferencesOf, THEMES } from "./preferences.ts";
import type { FormHandler } from "./settings/form.tsx";

const YEAR_SECONDS = 365 * 86_400;
const THEME_WORDS: Readonly<Record<(typeof THEMES)[number], string>> = {
  system: "Same as the system",
  light: "Light",
  dark: "Dark",
};

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["j", "k"], "the next and the previous card or row"],
  [["h", "l"], "the column to the left and to the right"],
  [["Enter"], "open it"],
  [["/"], "search"],
  [["?"], "this list"],
  [["g b"], "the board"],
  [["g o"], "objectives"],
  [["g a"], "activity"],
  [["g r"], "reports"],
  [["g c"], "connections"],
];

/** What somebody chose for this browser, and the keys. */
export const mePage: PageHandler = (c, deps) => {
  const { theme, keys, zone } = preferencesOf(c);
  return sendPage(
    c,
    deps,
    { title: "Me" },
    <>
      <h1>Me</h1>
      <p class="lead">How pages look in this browser. It is stored in cookies in this browser only.</p>
      <PostForm to="/me" does="keep" token={tokenOf(c, deps)} label="Preferences">
        <label>
          <span>Theme</span>
          <select name="theme">
            {THEMES.map((one) => (
              <option value={one} selected={one === theme}>
                {THEME_WORDS[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Single-key shortcuts</span>
          <select name="keys">
            <option value="on" selected={keys}>
              On
            </option>
            <option value="off" selected={!keys}>
              Off
            </option>
          </select>
        </label>
        <label>
          <span>Time zone</span>
          <input
            name="zone"
            value={zone ?? ""}
            placeholder={deps.timezone ?? "UTC"}
            maxlength={64}
            list="zones"
            autocomplete="off"
          />
        </label>
        <datalist id="zones">
          {Intl.supportedValuesOf("timeZone").map((name) => (
            <option value={name} />
          ))}
        </datalist>
        <button type="submit">Save</button>
      </PostForm>
      <section aria-labelledby="keys">
        <h2 id="keys">Keys</h2>
        <p class="quiet">They need JavaScript and are off while you type.</p>
        <dl class="keys">
          {KEYS.map(([names, does]) => (
            <div>
              <dt>
                {names.map((name) => (
                  <>
                    <kbd>{name}</kbd>{" "}
                  </>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>,
  );
};

/** Keeps what the form says; the browser goes on to the page, so that a reload sends nothing again. */
export const meForm: FormHandler = (c, _, fields) =>
  answerForm(c, fields, async ({ field }) => {
    const zone = field("zone");
    if (zone !== "" && !isZone(zone))
      throw new HubError("invalid_parameter", `'${zone.slice(0, 64)}' is not a time zone, such as Europe/Berlin`, {
        retry: "never",
        details: { parameter: "zone" },
      });
    const about = { path: "/", httpOnly: true, sameSite: "Lax", maxAge: YEAR_SECONDS } as const;
    setCookie(c, "theme", THEMES.find((theme) => theme === field("theme")) ?? "system", about);
    setCookie(c, "keys", field("keys") === "off" ? "off" : "on", about);
    setCookie(c, "zone", zone, about);
    return "/me";
  });
