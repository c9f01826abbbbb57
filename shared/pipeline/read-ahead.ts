/**
 * The pages of a read, each next one being asked for while the one before is worked on: one page ahead and no more.
 * After the end of the run no page is given.
 *
 * @param read ends with the signal that it is given, which ends with the run or as soon as no more pages are wanted
 * @param mayRunAhead asked as each page comes; else the next one is asked for only when this one is done with
 */
export async function* readAhead<Page>(
  read: (until: AbortSignal) => AsyncGenerator<Page, void, undefined>,
  run: AbortSignal,
  mayRunAhead: () => boolean,
): AsyncGenerator<Page, void, undefined> {
  const end = new AbortController();
  const pages = read(AbortSignal.any([run, end.signal]));
  try {
    let coming = pages.next();
    for (;;) {
      const { done, value: page } = await coming;
      if (done) return;
      run.throwIfAborted();
      if (mayRunAhead()) {
        coming = pages.next();
        // How it fails is told when its turn comes: the page before is whole.
        coming.catch(() => {});
        yield page;
      } else {
        yield page;
        coming = pages.next();
      }
    }
  } finally {
    end.abort(new Error("no more pages are wanted"));
    await pages.return();
  }
}
