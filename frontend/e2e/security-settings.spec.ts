import { expect, type Page } from "@playwright/test";
import { addFirstPasskey, addPasskey, setUpTotp, toSecondStep, virtualAuthenticator } from "./second-factor";
import { fillSignIn, signOut, test } from "./support";

const todos = (page: Page) => page.getByRole("heading", { name: "Inbox", level: 1 });

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
  await addFirstPasskey(page, account, "Key ring");
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
  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
});

test("a passkey is a second factor, too", async ({ page, account }) => {
  const { app } = await setUpTotp(page, account);
  await virtualAuthenticator(page);
  await addPasskey(page, account, "Laptop", await app.next());
  await toSecondStep(page, account);
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(todos(page)).toBeVisible();

  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Remove Laptop" }).click();
  await page.getByLabel("Your password").fill(account.password);
  await page.getByLabel(/^Code of your authenticator app/).fill(await app.next());
  await page.getByRole("button", { name: "Remove the passkey" }).click();
  await expect(page.getByText("There are none yet.")).toBeVisible();
});

test("who has only a passkey gets recovery codes for it", async ({ page, account }) => {
  await virtualAuthenticator(page);
  const [code = ""] = await addFirstPasskey(page, account, "Key ring");
  await toSecondStep(page, account);
  await page.getByLabel("Recovery code").fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(todos(page)).toBeVisible();
});

test("the same authenticator does not hold two passkeys for one account", async ({ page, account }) => {
  await virtualAuthenticator(page);
  await addFirstPasskey(page, account, "First");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByLabel("Your password").fill(account.password);
  await page.getByRole("button", { name: "Create the passkey" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("This passkey is here already");
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
