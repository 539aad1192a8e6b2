import { expect } from "@playwright/test";
import {
  API,
  add,
  anotherDevice,
  box,
  givenTodos,
  openDetails,
  openTodos,
  readyForOffline,
  rows,
  signOut,
  storedTodos,
  test,
  titles,
} from "./support";

const status = (page: Parameters<typeof openTodos>[0], text: string) =>
  page.getByRole("status").filter({ hasText: text });

test("without a network everything goes on: adding, changing, deleting, over reloads", {
  tag: "@quick",
}, async ({ page, account, context }) => {
  await givenTodos(context, account, [{ title: "To delete" }, { title: "To change" }, { title: "To tick" }]);
  await openTodos(page);
  await readyForOffline(page);
  await expect(rows(page)).toHaveCount(3);
  await context.setOffline(true);
  await expect(status(page, "Offline")).toHaveCount(1);

  await add(page, "Written on the train");
  await box(page, "To tick").check();
  await page.getByRole("button", { name: "Edit “To change”" }).click();
  await page.keyboard.type("d");
  await page.keyboard.press("Enter");
  await box(page, "To delete").focus();
  await page.keyboard.press("Delete");
  const details = await openDetails(page, "Written on the train");
  await details.getByRole("textbox", { name: "Notes" }).fill("with a view");
  await details.getByRole("button", { name: "Close the details" }).click();

  // Everything is on this device, views and pages too.
  await page.reload();
  await expect.poll(() => titles(page)).toEqual(["Written on the train", "To changed"]);
  await page.getByRole("link", { name: "Done" }).first().click();
  await expect.poll(() => titles(page)).toEqual(["To tick"]);
  await page.goto("/trash");
  await expect(page.getByText("To delete", { exact: true })).toBeVisible();
  await page.goto("/settings");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();

  await context.setOffline(false);
  await openTodos(page);
  await expect
    .poll(async () => (await storedTodos(context, account)).map(({ title, completed }) => [title, completed]))
    .toEqual([
      ["Written on the train", false],
      ["To tick", true],
      ["To changed", false],
    ]);
  expect((await storedTodos(context, account))[0]?.description).toBe("with a view");
  await expect(status(page, "Saved")).toHaveCount(1);
});

test("a crash while offline loses nothing", { tag: "@quick" }, async ({ page, account, context }) => {
  await openTodos(page);
  await readyForOffline(page);
  await context.setOffline(true);
  await add(page, "Written before the crash");
  await page.getByRole("textbox", { name: "New todo" }).fill("half a thought");
  const survivor = await context.newPage();
  await page.goto("chrome://crash").catch(() => undefined);
  await page.close();
  await survivor.goto("/");
  await expect(box(survivor, "Written before the crash")).toBeVisible();
  await expect(survivor.getByRole("textbox", { name: "New todo" })).toHaveValue("half a thought");
  await context.setOffline(false);
  await expect
    .poll(async () => (await storedTodos(context, account)).map(({ title }) => title))
    .toEqual(["Written before the crash"]);
});

test("two devices see each other's changes as they happen", { tag: "@quick" }, async ({
  page,
  account,
  browser,
}) => {
  const other = await anotherDevice(browser, account);
  await openTodos(page);
  await openTodos(other);
  await add(page, "From the first");
  await expect(box(other, "From the first")).toBeVisible();
  await other.getByRole("button", { name: "Edit “From the first”" }).click();
  await other.keyboard.type(" and the second");
  await other.keyboard.press("Enter");
  await expect(box(page, "From the first and the second")).toBeVisible();
  await other.context().close();
});

test("a refused token in the middle of a queue is renewed, and nothing is sent twice", {
  tag: "@quick",
}, async ({ page, account, context }) => {
  await openTodos(page);
  const operations = `${API}/sync/operations`;
  let isReachable = false;
  let asked = 0;
  await context.route(operations, (route) => {
    if (!isReachable) return route.abort();
    if (asked++ > 0) return route.continue();
    return route.fulfill({
      status: 401,
      contentType: "application/problem+json",
      headers: {
        "access-control-allow-origin": new URL(page.url()).origin,
        "access-control-allow-credentials": "true",
      },
      body: JSON.stringify({
        type: "urn:problem:token-expired",
        title: "The token has expired",
        status: 401,
      }),
    });
  });
  for (const title of ["one", "two", "three"]) await add(page, title);
  isReachable = true;
  await expect
    .poll(async () => (await storedTodos(context, account)).map(({ title }) => title))
    .toEqual(["three", "two", "one"]);
  expect(asked).toBeGreaterThan(1);
  await expect(page.getByRole("heading", { name: "Inbox" })).toBeVisible();
});

test("an answer that is cut off after the commit does not make a second todo", { tag: "@quick" }, async ({
  page,
  account,
  context,
}) => {
  await openTodos(page);
  let cut = 0;
  await context.route(`${API}/sync/operations`, async (route) => {
    if (cut++ > 0) return route.continue();
    // The server has done it, and nobody hears of it.
    await route.fetch();
    await route.abort("connectionreset");
  });
  await add(page, "Only once");
  await expect.poll(() => cut).toBeGreaterThan(1);
  await expect(status(page, "Saved")).toHaveCount(1);
  expect((await storedTodos(context, account)).map(({ title }) => title)).toEqual(["Only once"]);
});

test("a server that is busy while the network is there is told apart, and waited for", async ({
  page,
  account,
  context,
}) => {
  await openTodos(page);
  await context.route(`${API}/sync/**`, (route) =>
    route.fulfill({
      status: 503,
      contentType: "application/problem+json",
      headers: {
        "retry-after": "2",
        "access-control-allow-origin": new URL(page.url()).origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "Retry-After",
      },
      body: JSON.stringify({ type: "urn:problem:unavailable", title: "Unavailable", status: 503 }),
    }),
  );
  await add(page, "Written meanwhile");
  await expect(status(page, "The server is busy")).toHaveCount(1);
  await page.getByRole("button", { name: /The server is busy/ }).click();
  await expect(page.getByRole("dialog", { name: "What is saved" })).toContainText("1 change waits");
  await context.unroute(`${API}/sync/**`);
  await expect.poll(async () => (await storedTodos(context, account)).length).toBe(1);
});

test("when the tab that sends for all is closed, another one goes on", async ({ page, account, context }) => {
  await openTodos(page);
  const second = await context.newPage();
  await openTodos(second);
  await context.route(`${API}/sync/operations`, (route) => route.abort());
  await add(page, "From the first tab");
  await expect(box(second, "From the first tab")).toBeVisible();
  await page.close();
  await context.unroute(`${API}/sync/operations`);
  await expect
    .poll(async () => (await storedTodos(context, account)).map(({ title }) => title))
    .toEqual(["From the first tab"]);
});

test("signing out with unsent changes says what would be lost, also offline", { tag: "@quick" }, async ({
  page,
  context,
  account,
}) => {
  await openTodos(page);
  await readyForOffline(page);
  await context.setOffline(true);
  await add(page, "Not sent yet");
  const leave = async () => {
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
  };
  await leave();
  const question = page.getByRole("alertdialog", { name: "Sign out and lose unsent changes?" });
  await expect(question).toContainText("1 change that was not sent");
  await question.getByRole("button", { name: "Stay signed in" }).click();
  await expect(box(page, "Not sent yet")).toBeVisible();

  await leave();
  await question.getByRole("button", { name: "Sign out anyway" }).click();
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain("Not sent yet");
  const databases = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  await expect.poll(databases).toEqual([]);
  await context.setOffline(false);
  await page.reload();
  await expect(page).toHaveURL(/\/sign-in$/);
  expect(await storedTodos(context, account)).toEqual([]);
});

test("a new version waits until it is wanted, and queued work goes over with it", async ({
  page,
  account,
  context,
}) => {
  await openTodos(page);
  await readyForOffline(page);
  await context.route(`${API}/sync/operations`, (route) => route.abort());
  await add(page, "Queued by the old version");
  // The same worker from another address is a new version for the browser.
  await page.evaluate(() => navigator.serviceWorker.register("/sw.js?another").then(() => undefined));
  await expect(page.getByText("A new version of Daybook is here")).toBeVisible();
  await expect(box(page, "Queued by the old version")).toBeVisible();
  await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Load it" }).click()]);
  await expect(box(page, "Queued by the old version")).toBeVisible();
  await context.unroute(`${API}/sync/operations`);
  await expect
    .poll(async () => (await storedTodos(context, account)).map(({ title }) => title))
    .toEqual(["Queued by the old version"]);
  await signOut(page);
});
