// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { authorised } from "@/lib/api/client";
import { SignedOut } from "@/lib/api/problems";
import { tokensOf } from "@/lib/api/tokens-of";
import { answer, openOne, settle, startClock, stopSessions } from "@/testing/sessions";

beforeEach(startClock);
afterEach(stopSessions);

async function somebodyElse() {
  const { session } = openOne();
  await settle();
  const tokens = tokensOf(session, "u1");
  const known = await tokens.current();
  const other = answer();
  session.adopt({ ...other, user: { ...other.user, id: "u2" } });
  return { session, tokens, known };
}

test("what one person has still to send does not go out in another one's name", async () => {
  const { tokens } = await somebodyElse();
  const sent: Request[] = [];
  const send = authorised(tokens, async (request) => {
    sent.push(request);
    return new Response("");
  });
  await expect(send(new Request("http://api.test/sync/operations"))).rejects.toBeInstanceOf(SignedOut);
  expect(sent).toEqual([]);
});

test("nor is it sent once more with their token after a refusal", async () => {
  const { session, tokens, known } = await somebodyElse();
  expect(await session.renew(known)).toBeDefined();
  expect(await tokens.renew(known)).toBeUndefined();
});
