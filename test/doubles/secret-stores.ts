import { Refusal, startAwsJson } from "./aws-json.ts";

interface Held {
  readonly value: string;
  readonly version: number;
  readonly tier: string;
  /** Read without decryption; default SecureString. */
  readonly type?: "String";
}

/** The Parameter Store and Secrets Manager, with their names, their limits and their versions. */
export const startSecretStores = async () => {
  const parameters = new Map<string, Held>();
  const secrets = new Map<string, string>();

  const getParameters = ({ Names, WithDecryption }: { Names: readonly string[]; WithDecryption?: boolean }) => {
    if (Names.length < 1 || Names.length > 10) throw new Refusal("ValidationException", "1 to 10 names");
    for (const name of Names) checkName(name);
    return {
      Parameters: Names.flatMap((Name) => {
        const held = parameters.get(Name);
        if (held === undefined) return [];
        const { type = "SecureString", version, value } = held;
        const isOpen = WithDecryption === true || type === "String";
        return [{ Name, Type: type, Version: version, Value: isOpen ? value : "ciphertext" }];
      }),
      InvalidParameters: Names.filter((name) => !parameters.has(name)),
    };
  };

  const putParameter = (input: {
    readonly Name: string;
    readonly Value: string;
    readonly Type?: string;
    readonly Overwrite?: boolean;
    readonly Tier?: string;
  }) => {
    checkName(input.Name);
    const held = parameters.get(input.Name);
    if (input.Type !== "SecureString")
      throw new Refusal("ValidationException", "only secure strings are looked for here");
    if (held !== undefined && input.Overwrite !== true)
      throw new Refusal("ParameterAlreadyExists", "The parameter already exists.");
    const bytes = Buffer.byteLength(input.Value);
    const isStandard = (input.Tier ?? "Standard") === "Standard";
    if (bytes === 0 || bytes > 8192 || (isStandard && bytes > 4096))
      throw new Refusal(
        "ValidationException",
        "Standard tier parameters support a maximum parameter value of 4096 characters.",
      );
    if (held?.tier === "Advanced" && input.Tier === "Standard")
      throw new Refusal("ValidationException", "An advanced parameter cannot become a standard one.");
    const tier = bytes > 4096 || held?.tier === "Advanced" ? "Advanced" : "Standard";
    const version = (held?.version ?? 0) + 1;
    parameters.set(input.Name, { value: input.Value, version, tier });
    return { Version: version, Tier: tier };
  };

  const getSecretValue = ({ SecretId }: { readonly SecretId: string }) => {
    const value = secrets.get(SecretId);
    if (value === undefined)
      throw new Refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return { ARN: SecretId, Name: SecretId, SecretString: value, VersionId: "1" };
  };

  const server = await startAwsJson({
    "AmazonSSM.GetParameters": getParameters,
    "AmazonSSM.PutParameter": putParameter,
    "AmazonSSM.GetParametersByPath": ({ Path, MaxResults }: { Path: string; MaxResults: number }) => ({
      Parameters: [...parameters.keys()]
        .filter((name) => name.startsWith(`${Path}/`))
        .slice(0, MaxResults)
        .map((Name) => ({ Name })),
    }),
    "AmazonSSM.DeleteParameters": ({ Names }: { Names: readonly string[] }) => ({
      DeletedParameters: Names.filter((name) => parameters.delete(name)),
    }),
    "secretsmanager.GetSecretValue": getSecretValue,
  });
  return { ...server, parameters, secrets };
};

const checkName = (name: string): void => {
  const isName = /^(?:\/[A-Za-z0-9_.-]+){1,15}$/.test(name) && name.length <= 900 && !/^\/(?:aws|ssm)/i.test(name);
  if (!isName) throw new Refusal("ValidationException", `Parameter name: can't be ${name}`);
};
