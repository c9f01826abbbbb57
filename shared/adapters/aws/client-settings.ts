/**
 * How every client of this set asks AWS: few tries with jitter, waits that end long before the function does, connections
 * kept open. What still fails then comes again by the queue or the feed.
 *
 * @param seconds that one try may take
 */
export const clientSettings = (seconds = 3, maxAttempts = 4) =>
  ({
    maxAttempts,
    retryMode: "standard",
    requestHandler: {
      connectionTimeout: 1000,
      requestTimeout: seconds * 1000,
      throwOnRequestTimeout: true,
      httpsAgent: { keepAlive: true, maxSockets: 64 },
    },
  }) as const;
