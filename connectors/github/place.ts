/** Where a record lives, from the addresses that GitHub puts into it. */
interface Addressed {
  readonly repository_url?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly html_url?: string | null | undefined;
  readonly pull_request_url?: string | null | undefined;
}

const API = /\/repos\/([^/?#]+\/[^/?#]+)/;
const PAGE = /^https?:\/\/[^/]+\/([^/?#]+\/[^/?#]+)/;

/** `owner/name` as the record spells it, or empty text if none of its addresses tells. */
export const repositoryOf = ({ repository_url, url, pull_request_url, html_url }: Addressed): string => {
  for (const address of [repository_url, url, pull_request_url]) {
    const name = API.exec(address ?? "")?.[1];
    if (name !== undefined) return name;
  }
  return PAGE.exec(html_url ?? "")?.[1] ?? "";
};

/** The name under which texts of any tool point to an issue or pull request. */
export const numberAlias = (repository: string, number: number): string => `${repository}#${number}`.toLowerCase();

/** The name under which texts of any tool point to a commit, or to what it became part of. */
export const shaAlias = (sha: string): string => `sha:${sha.toLowerCase()}`;

/** Owner and name as GitHub's routes take them. */
export const ownerAndName = (repository: string): { owner: string; repo: string } => {
  const [owner = "", repo = ""] = repository.split("/", 2);
  return { owner, repo };
};

/** The site that people open, from an address of its API: GitHub's own, or an Enterprise Server's host. */
export const siteOf = (apiUrl: string | null | undefined): string => {
  const host = /^(https?:\/\/[^/]+)\/api\/v3\//.exec(apiUrl ?? "")?.[1];
  return host ?? "https://github.com";
};
