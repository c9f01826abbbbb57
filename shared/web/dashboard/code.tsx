/** An error's code with its page. */
export const Code = ({ code }: { readonly code: string }) => (
  <a href={`/docs/errors/${encodeURIComponent(code)}`}>
    <code>{code}</code>
  </a>
);
