import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { API, APP, box, fillSignIn, givenTodos, newAccount, openTodos, signIn, test } from "./support";

const devices = (page: Page) => page.getByRole("list", { name: "Devices" }).getByRole("listitem");

test("signing out another device takes effect there", async ({ page, account, browser, context }) => {
  await givenTodos(context, account, [{ title: "Call Mira" }]);
  const device = await browser.newContext();
  await signIn(device, account);
  const other = await device.newPage();
  await openTodos(other);
  await expect(box(other, "Call Mira")).toBeVisible();

  await page.goto("/settings/devices");
  await expect(devices(page).first()).toContainText("This device");
  const before = await devices(page).count();
  await page
    .getByRole("button", { name: /^Sign out (?!all)/ })
    .first()
    .click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Sign it out" }).click();
  await expect(devices(page)).toHaveCount(before - 1);

  // Whatever is left of the others.
  const all = page.getByRole("button", { name: "Sign out all other devices" });
  if (await all.isVisible()) {
    await all.click();
    await page.getByRole("button", { name: "Sign them out" }).click();
  }
  await expect(devices(page)).toHaveCount(1);
  // It notices by itself; a reload by then would find a browser that nobody is signed in to.
  await expect(other.getByText("Your session has ended.")).toBeVisible();

  // Not here: the next thing one does still works.
  await page.getByRole("link", { name: "Security" }).click();
  await expect(page.getByRole("button", { name: "Set up an authenticator app" })).toBeVisible();
  await device.close();
});

test("a page that is open on a device that was signed out notices by itself", { tag: "@quick" }, async ({
  page,
  account,
  browser,
}) => {
  const device = await browser.newContext();
  await signIn(device, account);
  const other = await device.newPage();
  await openTodos(other);
  await page.goto("/settings/devices");
  await page.getByRole("button", { name: "Sign out all other devices" }).click();
  await page.getByRole("button", { name: "Sign them out" }).click();
  await expect(devices(page)).toHaveCount(1);

  await expect(other.getByText("Your session has ended.")).toBeVisible();
  await device.close();
});

test("changing the password signs out the others, and only the new one works", async ({
  page,
  account,
  browser,
}) => {
  const device = await browser.newContext();
  await signIn(device, account);
  const other = await device.newPage();
  await openTodos(other);

  const changed = { ...account, password: "another sentence of some length" };
  await page.goto("/settings/security");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByLabel("Current password").fill(account.password);
  const next = page.getByLabel("New password");
  await next.fill("aaaaaaaaaaaaaaaaaaaa");
  await expect(next).toHaveAccessibleDescription(/easy to guess/);
  await page.getByRole("button", { name: "Save the password" }).click();
  await expect(next).toHaveAttribute("aria-invalid", "true");
  await next.fill(changed.password);
  await page.getByRole("button", { name: "Save the password" }).click();
  await expect(page.getByText("Password changed")).toBeVisible();

  await expect(other.getByText("Your session has ended.")).toBeVisible();
  await fillSignIn(other, account);
  await expect(other.getByText("The e-mail address or the password is wrong")).toBeVisible();
  await fillSignIn(other, changed);
  await expect(other.getByRole("heading", { name: "Inbox", level: 1 })).toBeVisible();
  await device.close();
});

test("an API token is shown once, works, and is over when it is revoked", async ({
  page,
  account,
  request,
}) => {
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "Create a token" }).click();
  await page.getByLabel("Name", { exact: true }).fill("backup script");
  await page.getByLabel("Your password").fill(account.password);
  await page.getByRole("button", { name: "Create the token" }).click();
  const token = (await page.locator("code").textContent()) ?? "";
  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByText(token)).toHaveCount(0);

  const exchange = () => request.post(`${API}/auth/token`, { data: { token } });
  const exchanged = await exchange();
  expect(exchanged.status(), await exchanged.text()).toBe(200);
  const { access_token } = await exchanged.json();
  const todos = await request.get(`${API}/todos`, { headers: { authorization: `Bearer ${access_token}` } });
  expect(todos.status()).toBe(200);

  await page.getByRole("button", { name: "Revoke backup script" }).click();
  await page.getByRole("button", { name: "Revoke it" }).click();
  await expect(page.getByText("There are none yet.")).toBeVisible();
  expect((await exchange()).status()).toBe(401);
});

test("the name is changed, the log tells of it, and the export has all of it", async ({
  page,
  account,
  context,
}) => {
  await givenTodos(context, account, [{ title: "Call Mira" }]);
  await page.goto("/settings");
  await page.getByLabel("Name", { exact: true }).fill("Countess of Lovelace");
  await page.getByRole("button", { name: "Save the name" }).click();
  await expect(page.getByRole("button", { name: "Account of Countess of Lovelace" })).toBeVisible();

  await page.getByRole("link", { name: "Log" }).click();
  const log = page.getByRole("list", { name: "Security log" });
  await expect(log.getByText("Name changed")).toBeVisible();
  await expect(log.getByText("Account created")).toBeVisible();

  await page.getByRole("link", { name: "Your data" }).click();
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download", exact: true }).click();
  const file = await (await waiting).path();
  const exported = await readFile(file, "utf8");
  expect(JSON.parse(exported)).toMatchObject({
    account: { user: { email: account.email } },
    todos: [{ title: "Call Mira" }],
  });
  expect(exported).toContain("account.renamed");
});

test("a deleted account is gone from this browser and from the server", async ({
  page,
  account,
  context,
}) => {
  await givenTodos(context, account, [{ title: "Nobody's any more" }]);
  await page.goto("/settings/data");
  await page.getByRole("button", { name: "Delete my account…" }).click();
  await page.getByLabel("Your password").fill(account.password);
  await page.getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByLabel("Type “delete” to go on")).toHaveAccessibleDescription(/Type “delete”/);
  await page.getByLabel("Type “delete” to go on").fill("delete");
  await page.getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByText("Your account has been deleted.")).toBeVisible();
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  await fillSignIn(page, account);
  await expect(page.getByText("The e-mail address or the password is wrong")).toBeVisible();

  // The address is free again.
  const again = await context.request.post(`${API}/auth/register`, {
    data: { ...newAccount(), email: account.email },
    headers: { origin: APP },
  });
  expect(again.status()).toBe(201);
});
