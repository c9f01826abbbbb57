import { acts } from "../../../store/audit.ts";
import { address } from "../link.tsx";
import type { PageHandler } from "../page.tsx";
import { linkCursor, placeOf } from "../page-cursor.ts";
import { Scroll } from "../scroll.tsx";
import { Moment } from "../time.tsx";
import { sendSettings } from "./settings-page.tsx";

const ROWS = 100;
const PLACE = { route: "page.audit", filters: {} };

/** Every administrative act, newest first. */
export const auditPage: PageHandler = async (c, deps) => {
  const after = placeOf(deps, PLACE, c.req.query("cursor"));
  const { items, next } = await acts(deps.table, after, ROWS);
  const following = linkCursor(deps, PLACE, next);
  return sendSettings(
    c,
    deps,
    "Audit log",
    <>
      <h1>Audit log</h1>
      <p class="lead">Who changed what, newest first. Entries are never changed or removed.</p>
      {items.length === 0 && (
        <section class="empty">
          <h2>Nothing yet</h2>
          <p>Keys, members, links and sign-ins are noted here, and whatever else an administrator should know of.</p>
        </section>
      )}
      {items.length > 0 && (
        <Scroll label="Acts">
          <table>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">What</th>
                <th scope="col">Of</th>
                <th scope="col">Detail</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ at, by, act, subject, detail }) => (
                <tr>
                  <td>
                    <Moment at={at} />
                  </td>
                  <td>
                    {by.name}
                    <span class="quiet sub">{by.id}</span>
                  </td>
                  <td>
                    <code>{act}</code>
                  </td>
                  <td>{subject}</td>
                  <td>
                    {Object.entries(detail).map(([name, value]) => (
                      <span class="sub">
                        {name}: {String(value)}
                      </span>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <nav class="pages" aria-label="Pages">
        {following !== undefined && (
          <a rel="next" href={address("/settings/audit", { cursor: following })}>
            Earlier
          </a>
        )}
        <a href="/v1/audit">As JSON</a>
      </nav>
    </>,
  );
};
