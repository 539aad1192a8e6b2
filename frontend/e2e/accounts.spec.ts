import { expect } from "@playwright/test";
import {
  API,
  add,
  askToSignOut,
  box,
  fillSignIn,
  givenTodos,
  newAccount,
  openTodos,
  register,
  rows,
  signOut,
  storedTodos,
  test,
} from "./support";

test("register, add, tick, sign out; on another device everything is there", { tag: "@quick" }, async ({
  page,
  context,
  browser,
}) => {
  const account = newAccount();
  await page.goto("/register");
  await page.getByLabel("Name (optional)").fill("Ada Lovelace");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();

  await expect(page.getByRole("heading", { name: "A clean page" })).toBeVisible();
  await add(page, "Water the plants");
  await add(page, "Book the night train");
  await box(page, "Water the plants").check();
  await expect
    .poll(async () => (await storedTodos(context, account)).map(({ title, completed }) => [title, completed]))
    .toEqual([
      ["Book the night train", false],
      ["Water the plants", true],
    ]);
  await signOut(page);

  const device = await browser.newContext();
  const other = await device.newPage();
  await other.goto("/");
  await expect(other).toHaveURL(/\/sign-in$/);
  await fillSignIn(other, account);
  await expect(box(other, "Book the night train")).not.toBeChecked();
  await other.goto("/done");
  await expect(box(other, "Water the plants")).toBeChecked();
  await device.close();
});

test("two people never see each other's todos", { tag: "@quick" }, async ({
  page,
  account,
  context,
  browser,
}) => {
  await givenTodos(context, account, [{ title: "Ada's secret" }]);
  const device = await browser.newContext();
  const stranger = newAccount();
  await register(device, stranger);
  await givenTodos(device, stranger, [{ title: "Bob's secret" }]);
  const other = await device.newPage();

  await openTodos(page);
  await openTodos(other);
  await expect(rows(page)).toHaveText(["Ada's secret"]);
  await expect(rows(other)).toHaveText(["Bob's secret"]);

  // The same browser, another account: nothing of the first one is left.
  await signOut(page);
  await fillSignIn(page, stranger);
  await expect(rows(page)).toHaveText(["Bob's secret"]);
  await device.close();
});

test("a wrong password is said at its field, and the address is kept", { tag: "@quick" }, async ({
  page,
  account,
  context,
}) => {
  await context.clearCookies();
  await page.goto("/sign-in");
  await fillSignIn(page, { ...account, password: "not the right passphrase" });
  await expect(page.getByText("The e-mail address or the password is wrong")).toBeVisible();
  await expect(page.getByLabel("Password", { exact: true })).toBeFocused();
  await expect(page.getByLabel("E-mail")).toHaveValue(account.email);
});

test("what is wrong with a registration is said at its fields", async ({ page, account, context }) => {
  await context.clearCookies();
  await page.goto("/register");
  const email = page.getByLabel("E-mail");
  const password = page.getByLabel("Password", { exact: true });
  const submit = page.getByRole("button", { name: "Create account" });

  await submit.click();
  await expect(email).toHaveAccessibleDescription(/Enter your e-mail address/);
  await email.fill("not an address");
  await password.fill("short");
  await submit.click();
  await expect(email).toHaveAccessibleDescription(/not an e-mail address/);
  await expect(password).toHaveAccessibleDescription(/at least 15 characters/);

  await email.fill(account.email);
  await password.fill(account.password);
  await submit.click();
  await expect(email).toHaveAccessibleDescription(/There is an account with this e-mail address already/);
  await expect(email).toBeFocused();

  // A rule that only the server knows reaches its field, too.
  await email.fill(newAccount().email);
  await page.getByLabel("Name (optional)").fill("bell\u0007");
  await submit.click();
  await expect(page.getByLabel("Name (optional)")).toHaveAttribute("aria-invalid", "true");
});

test("a reload keeps the session, and shows the page without a detour", { tag: "@quick" }, async ({
  page,
  account,
  context,
}) => {
  await givenTodos(context, account, [{ title: "still here" }]);
  await openTodos(page);
  const visited: string[] = [];
  page.on("framenavigated", (frame) => visited.push(new URL(frame.url()).pathname));
  await page.reload();
  await expect(rows(page)).toHaveText(["still here"]);
  // Next.js may write the address of the page it is on once more.
  expect(new Set(visited)).toEqual(new Set(["/"]));
});

test("strangers are led to sign in, and back to where they were going", async ({
  page,
  account,
  context,
}) => {
  await context.clearCookies();
  await page.goto("/settings");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fsettings$/);
  await fillSignIn(page, account);
  await expect(page).toHaveURL(/\/settings$/);
  await expect(page.getByText(account.email)).toBeVisible();
});

test("signing out in one tab signs out all, and leaves nothing behind", { tag: "@quick" }, async ({
  context,
  account,
  page,
}) => {
  const second = await context.newPage();
  await openTodos(page);
  await openTodos(second);
  await page.getByRole("textbox", { name: "New todo" }).fill("half a thought");
  await askToSignOut(second);
  // Whichever tab it was begun in: nobody loses it without having been asked.
  const question = second.getByRole("alertdialog");
  await expect(question).toContainText("1 text that is not finished");
  await question.getByRole("button", { name: "Sign out anyway" }).click();
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
  await expect(page.getByText("You signed out in another tab.")).toBeVisible();
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage))).toEqual([]);

  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in$/);
  const answer = await context.request.post(`${API}/auth/refresh`, {
    data: {},
    headers: { origin: new URL(page.url()).origin },
  });
  expect(answer.status()).toBe(204);
  expect(account.email).toContain("@");
});

test("a session that was ended elsewhere is noticed and explained", async ({ page, account, context }) => {
  await openTodos(page);
  await context.clearCookies();
  await page.reload();
  await expect(page.getByText("Your session has ended.")).toBeVisible();
  await fillSignIn(page, account);
  await expect(page.getByRole("heading", { name: "Inbox" })).toBeVisible();
});

test("the access token is in no storage, and scripts cannot see the cookie", {
  tag: ["@quick", "@P24"],
}, async ({ page, context, account }) => {
  const tokens: string[] = [];
  page.on("response", async (response) => {
    if (response.url().endsWith("/auth/refresh") && response.ok())
      tokens.push((await response.json()).access_token);
  });
  await openTodos(page);
  await add(page, account.email);
  await expect.poll(() => tokens.length).toBeGreaterThan(0);
  const kept = await page.evaluate(async () => {
    const caches = await globalThis.caches.keys();
    const databases = await indexedDB.databases();
    return JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      caches,
      databases,
      location.href,
    ]);
  });
  for (const token of tokens) expect(kept).not.toContain(token);
  expect(kept).not.toContain("eyJ");
  const cookies = await context.cookies(`${API}/auth/refresh`);
  expect(cookies.map((cookie) => cookie.name)).toContainEqual(expect.stringContaining("refresh"));
  for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
});
