import { type CDPSession, expect, type Page } from "@playwright/test";
import { type Account, fillSignIn, signOut, test } from "./support";
import { authenticator } from "./totp";

/** Sets up an authenticator app as a person does. Answers the app and the recovery codes. */
async function setUpTotp(page: Page, { password }: Account) {
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Continue" }).click();
  const secret = (await page.locator("code").textContent()) ?? "";
  const app = authenticator(secret);
  await page.getByLabel("Six digits").fill(await app.next());
  await page.getByRole("button", { name: "Turn it on" }).click();
  const codes = await page
    .getByRole("list", { name: "Recovery codes" })
    .getByRole("listitem")
    .allTextContents();
  await page.getByLabel("I have kept them in a safe place").check();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("10 recovery codes left")).toBeVisible();
  return { app, codes };
}

async function toSecondStep(page: Page, account: Account): Promise<void> {
  await signOut(page);
  await fillSignIn(page, account);
  await expect(page.getByRole("heading", { name: "One more step" })).toBeVisible();
}

/** A security key that says yes, inside the browser. */
async function virtualAuthenticator(page: Page): Promise<{ devtools: CDPSession; authenticatorId: string }> {
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

async function addPasskey(page: Page, { password }: Account, name: string): Promise<void> {
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Your password").fill(password);
  await page.getByRole("button", { name: "Create the passkey" }).click();
  await expect(page.getByRole("list", { name: "Passkeys" }).getByText(name)).toBeVisible();
}

const todos = (page: Page) => page.getByRole("heading", { name: "Todos", level: 1 });

test("an authenticator app is asked for after the password, and each of its codes works once", async ({
  page,
  account,
}) => {
  const { app } = await setUpTotp(page, account);
  await toSecondStep(page, account);
  const code = page.getByLabel("Code", { exact: true });
  const submit = page.getByRole("button", { name: "Sign in", exact: true });
  await code.fill("000000");
  await submit.click();
  await expect(code).toHaveAccessibleDescription(/The code is wrong/);
  await expect(code).toBeFocused();
  const used = await app.next();
  await code.fill(used);
  await submit.click();
  await expect(todos(page)).toBeVisible();

  await toSecondStep(page, account);
  await code.fill(used);
  await submit.click();
  await expect(code).toHaveAccessibleDescription(/used before/);
});

test("a recovery code lets in once, and the app can be removed", async ({ page, account }) => {
  const { app, codes } = await setUpTotp(page, account);
  expect(new Set(codes).size).toBe(10);
  const [first = ""] = codes;
  const field = page.getByLabel("Recovery code");
  const withRecoveryCode = async () => {
    await toSecondStep(page, account);
    await page.getByRole("button", { name: "Use a recovery code instead" }).click();
    await field.fill(first);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  await withRecoveryCode();
  await expect(todos(page)).toBeVisible();
  await withRecoveryCode();
  await expect(field).toHaveAccessibleDescription(/The code is wrong/);
  await field.fill(codes[1] ?? "");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(todos(page)).toBeVisible();

  await page.goto("/settings/security");
  await expect(page.getByText("8 recovery codes left")).toBeVisible();
  await page.getByRole("button", { name: "Remove the app" }).click();
  await page.getByLabel("Your password").fill(account.password);
  await page.getByLabel(/^Code of your authenticator app/).fill(await app.next());
  await page.getByRole("button", { name: "Remove the app" }).click();
  await expect(page.getByRole("button", { name: "Set up an authenticator app" })).toBeVisible();
  await signOut(page);
  await fillSignIn(page, account);
  await expect(todos(page)).toBeVisible();
});

test("a passkey signs in alone, until it is removed", async ({ page, account }) => {
  await virtualAuthenticator(page);
  await addPasskey(page, account, "Key ring");
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(todos(page)).toBeVisible();

  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Remove Key ring" }).click();
  await page.getByLabel("Your password").fill(account.password);
  await page.getByRole("button", { name: "Remove the passkey" }).click();
  await expect(page.getByText("There are none yet.")).toBeVisible();
  await signOut(page);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
});

test("a passkey is a second factor, too", async ({ page, account }) => {
  await setUpTotp(page, account);
  await virtualAuthenticator(page);
  await addPasskey(page, account, "Laptop");
  await toSecondStep(page, account);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(todos(page)).toBeVisible();
});

test("who has only a passkey gets recovery codes for it", async ({ page, account }) => {
  await virtualAuthenticator(page);
  await addPasskey(page, account, "Key ring");
  await expect(page.getByText("There are no recovery codes.")).toBeVisible();
  await page.getByRole("button", { name: "New recovery codes" }).click();
  await page.getByLabel("Your password").fill(account.password);
  await page.getByRole("button", { name: "Make new codes" }).click();
  const [code = ""] = await page
    .getByRole("list", { name: "Recovery codes" })
    .getByRole("listitem")
    .allTextContents();
  await page.getByLabel("I have kept them in a safe place").check();
  await page.getByRole("button", { name: "Done" }).click();
  await toSecondStep(page, account);
  await page.getByLabel("Recovery code").fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(todos(page)).toBeVisible();
});

test("the same authenticator does not hold two passkeys for one account", async ({ page, account }) => {
  await virtualAuthenticator(page);
  await addPasskey(page, account, "First");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByLabel("Your password").fill(account.password);
  await page.getByRole("button", { name: "Create the passkey" }).click();
  await expect(page.getByRole("alert")).toContainText("This passkey is here already");
});

test("a wrong password is said at its field, before anything is made", async ({ page, account }) => {
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const password = page.getByLabel("Your password");
  await password.fill(`not ${account.password}`);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(password).toHaveAccessibleDescription(/The password is wrong/);
  await expect(password).toBeFocused();
});
