import type { Answer } from "../http/server.ts";

/** GitHub's answers that are not a success. */
export const notFound: Answer = {
  status: 404,
  json: { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
};

export const forbidden: Answer = {
  status: 403,
  json: {
    message: "Resource not accessible by personal access token",
    documentation_url: "https://docs.github.com/rest",
    status: "403",
  },
};

export const badCredentials: Answer = {
  status: 401,
  json: { message: "Bad credentials", documentation_url: "https://docs.github.com/rest", status: "401" },
};

export const unprocessable = (resource: string, field: string): Answer => ({
  status: 422,
  json: {
    message: "Validation Failed",
    errors: [{ resource, field, code: "invalid" }],
    documentation_url: "https://docs.github.com/rest",
    status: "422",
  },
});

export const primaryLimit: Answer = {
  status: 403,
  json: {
    message: "API rate limit exceeded for user ID 58000000.",
    documentation_url: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
    status: "403",
  },
};

export const secondaryLimit: Answer = {
  status: 403,
  headers: { "retry-after": "60" },
  json: {
    message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    documentation_url:
      "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
    status: "403",
  },
};
