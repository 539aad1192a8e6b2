import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@playwright/test";

/** Where the system puts mail when it has no server for it; `make up` names it. */
export const MAIL_FOLDER = process.env.DAYBOOK_MAIL_FOLDER ?? "";

/** The first link to `page` that was mailed to `email` and is not one of `seen`. */
export async function linkFor(email: string, page: string, seen: readonly string[] = []): Promise<string> {
  let link: string | undefined;
  const look = async () => {
    link = (await lettersTo(email))
      .flatMap((text) => text.match(/https?:\/\/\S+#token=[\w.~-]+/g) ?? [])
      .find((found) => new URL(found).pathname === page && !seen.includes(found));
    return link;
  };
  await expect.poll(look, { message: `a mail to ${email} with a link to ${page}` }).toBeDefined();
  return link ?? "";
}

async function lettersTo(email: string): Promise<string[]> {
  const names = (await readdir(MAIL_FOLDER)).filter((name) => name.endsWith(".eml"));
  const letters = await Promise.all(names.map((name) => readFile(join(MAIL_FOLDER, name), "utf8")));
  return letters.filter((letter) => letter.includes(`To: ${email}`)).map(plainText);
}

/** The text form of a mail. */
function plainText(letter: string): string {
  const boundary = letter.match(/boundary="([^"]+)"/)?.[1];
  const parts = boundary ? letter.split(`--${boundary}`) : [letter];
  const part = parts.find((each) => /^content-type: text\/plain/im.test(each)) ?? letter;
  const [head = "", ...body] = part.trimStart().split(/\r?\n\r?\n/);
  const text = body.join("\n\n");
  const encoding = head.match(/^content-transfer-encoding: (\S+)/im)?.[1]?.toLowerCase();
  if (encoding === "base64") return Buffer.from(text, "base64").toString();
  return encoding === "quoted-printable" ? fromQuotedPrintable(text) : text;
}

function fromQuotedPrintable(text: string): string {
  const bytes = text
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
