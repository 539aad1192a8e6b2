import { type CDPSession, expect, type Page } from "@playwright/test";
import { type Account, fillSignIn, signOut } from "./support";
import { authenticator } from "./totp";

/** Sets up an authenticator app as a person does, until its recovery codes are shown. Answers both. */
export async function beginTotp(page: Page, { password }: Account) {
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Continue" }).click();
  const secret = (await page.locator("code").textContent()) ?? "";
  const app = authenticator(secret);
  await page.getByLabel("Six digits").fill(await app.next());
  await page.getByRole("button", { name: "Turn it on" }).click();
  return { app, codes: await recoveryCodes(page) };
}

/** The same to its end. */
export async function setUpTotp(page: Page, account: Account) {
  const made = await beginTotp(page, account);
  await keepCodes(page);
  return made;
}

async function keepCodes(page: Page): Promise<void> {
  await page.getByLabel("I have kept them in a safe place").check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("10 recovery codes left")).toBeVisible();
}

async function recoveryCodes(page: Page): Promise<string[]> {
  const codes = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  return codes.allTextContents();
}

export async function toSecondStep(page: Page, account: Account): Promise<void> {
  await signOut(page);
  await fillSignIn(page, account);
  await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
}

/** A security key that says yes, inside the browser. */
export async function virtualAuthenticator(
  page: Page,
): Promise<{ devtools: CDPSession; authenticatorId: string }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { devtools, authenticatorId };
}

/** With a code of the app, where one is set up. */
export async function addPasskey(
  page: Page,
  { password }: Account,
  name: string,
  code?: string,
): Promise<void> {
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Your password").fill(password);
  if (code !== undefined) await page.getByLabel(/^Code of your authenticator app/).fill(code);
  await page.getByRole("button", { name: "Create the passkey" }).click();
  await expect(page.getByRole("list", { name: "Passkeys" }).getByText(name)).toBeVisible();
}

/** Of an account without a second factor: it brings recovery codes. */
export async function addFirstPasskey(page: Page, account: Account, name: string): Promise<string[]> {
  await addPasskey(page, account, name);
  const codes = await recoveryCodes(page);
  await keepCodes(page);
  return codes;
}
