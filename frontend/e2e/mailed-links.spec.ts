import { expect } from "@playwright/test";
import { linkFor, MAIL_FOLDER } from "./mail";
import { fillSignIn, openTodos, test } from "./support";

test.skip(MAIL_FOLDER === "", "DAYBOOK_MAIL_FOLDER does not say where mail is");

test("a forgotten password is replaced by the mailed link, once, and every session ends", {
  tag: "@quick",
}, async ({ page, account, browser }) => {
  await openTodos(page);
  const elsewhere = await browser.newContext();
  const stranger = await elsewhere.newPage();
  await stranger.goto("/sign-in");
  await stranger.getByRole("link", { name: "Forgot it?" }).click();
  await expect(stranger.getByRole("heading", { name: "Forgot your password?" })).toBeVisible();
  await stranger.getByLabel("E-mail").fill(account.email);
  await stranger.getByRole("button", { name: "Send the link" }).click();
  await expect(stranger.getByRole("heading", { name: "Look into your mail" })).toBeVisible();

  const link = await linkFor(account.email, "/reset");
  const asked: string[] = [];
  stranger.on("request", (request) => asked.push(request.url()));
  await stranger.goto(link);
  const changed = { ...account, password: "a sentence nobody else knows" };
  await stranger.getByLabel("New password").fill(changed.password);
  expect(stranger.url()).not.toContain("token");
  await stranger.getByRole("button", { name: "Save the password" }).click();
  await expect(stranger.getByRole("heading", { name: "Your password is changed" })).toBeVisible();
  // The token was in no address that a server has seen.
  const token = new URL(link).hash.slice("#token=".length);
  expect(asked.filter((url) => url.split("#")[0]?.includes(token))).toEqual([]);

  await stranger.getByRole("link", { name: "Sign in" }).click();
  await fillSignIn(stranger, changed);
  await expect(stranger.getByRole("heading", { name: "Inbox", level: 1 })).toBeVisible();
  await expect(page.getByText("Your session has ended.")).toBeVisible();

  await stranger.goto(link);
  await stranger.getByLabel("New password").fill("one more sentence to try");
  await stranger.getByRole("button", { name: "Save the password" }).click();
  await expect(stranger.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  await elsewhere.close();
});

test("an address without an account is answered in the same words", async ({ page, context }) => {
  await context.clearCookies();
  await page.goto("/forgot");
  await page.getByLabel("E-mail").fill("nobody-at-all@example.com");
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("heading", { name: "Look into your mail" })).toBeVisible();
});

test("whoever opens the mail elsewhere gives the password, so that nobody confirms what a stranger opened", async ({
  account,
  browser,
}) => {
  const elsewhere = await browser.newContext();
  const reader = await elsewhere.newPage();
  await reader.goto(await linkFor(account.email, "/verify"));
  await reader.getByLabel("Password", { exact: true }).fill("a guess of somebody else");
  await reader.getByRole("button", { name: "Confirm" }).click();
  await expect(reader.getByText("The password is wrong")).toBeVisible();
  await reader.getByLabel("Password", { exact: true }).fill(account.password);
  await reader.getByRole("button", { name: "Confirm" }).click();
  await expect(reader.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
  await elsewhere.close();
});

test("the e-mail address is confirmed by the mailed link, after a press", async ({ page, account }) => {
  await page.goto("/settings");
  await page.getByRole("button", { name: "Send the mail again" }).click();
  await expect(page.getByText("Mail sent")).toBeVisible();
  await page.goto(await linkFor(account.email, "/verify"));
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
  await page.goto("/settings");
  await expect(page.getByText("Confirmed", { exact: true })).toBeVisible();
});
