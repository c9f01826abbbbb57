import type { Mail } from "../../shared/ports/mailer.ts";
import { Refusal, startAwsJson } from "./aws-json.ts";

interface Text {
  readonly Data: string;
  readonly Charset?: string;
}

interface Send {
  readonly FromEmailAddress: string;
  readonly Destination: { readonly ToAddresses: readonly string[] };
  readonly Content: {
    readonly Simple: {
      readonly Subject: Text;
      readonly Body: { readonly Text?: Text; readonly Html?: Text };
      readonly Headers?: readonly { readonly Name: string; readonly Value: string }[];
    };
  };
}

/** SES v2: sends what comes from a verified address to at most 50 others, as often as it is asked to. */
export const startSes = async (verified: string) => {
  const sent: Mail[] = [];
  const send = ({ FromEmailAddress, Destination, Content: { Simple } }: Send) => {
    const { ToAddresses } = Destination;
    if (FromEmailAddress !== verified) throw new Refusal("MessageRejected", "Email address is not verified.");
    if (ToAddresses.length < 1 || ToAddresses.length > 50)
      throw new Refusal("BadRequestException", "1 to 50 recipients");
    const texts = [Simple.Subject, Simple.Body.Text, Simple.Body.Html].filter((text) => text !== undefined);
    if (texts.some(({ Data, Charset }) => Charset !== "UTF-8" && /[^\0-\x7f]/.test(Data)))
      throw new Refusal("BadRequestException", "Text that is not ASCII needs its charset.");
    const { Text, Html } = Simple.Body;
    sent.push({
      id: Simple.Headers?.find(({ Name }) => Name === "X-Entity-Ref-ID")?.Value ?? "",
      to: ToAddresses,
      subject: Simple.Subject.Data,
      text: Text?.Data ?? "",
      ...(Html !== undefined && { html: Html.Data }),
    });
    return { MessageId: String(sent.length) };
  };
  return { ...(await startAwsJson({ "POST /v2/email/outbound-emails": send })), sent };
};
