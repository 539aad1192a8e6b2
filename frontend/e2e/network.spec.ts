import { expect } from "@playwright/test";
import { API, add, box, givenTodos, openTodos, signOut, storedTodos, test, titles } from "./support";

test("without a network one can go on, and it says so", async ({ page, account, context }) => {
  await givenTodos(context, account, [{ title: "Call Mira" }]);
  await openTodos(page);
  await context.setOffline(true);
  await expect(page.getByRole("status").filter({ hasText: "Offline" })).toBeVisible();
  await add(page, "Written on the train");
  await box(page, "Call Mira").check();
  await expect(page.getByText("2 changes wait")).toBeVisible();

  await context.setOffline(false);
  await expect
    .poll(async () => (await storedTodos(context, account)).map(({ title, completed }) => [title, completed]))
    .toEqual([
      ["Written on the train", false],
      ["Call Mira", true],
    ]);
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
});

test("what was written while the API was away survives a reload", async ({ page, account, context }) => {
  await openTodos(page);
  await context.route(`${API}/**`, (route) => route.abort());
  await add(page, "Written in the dark");
  await expect(page.getByText("1 change waits")).toBeVisible();
  await page.reload();
  await expect(box(page, "Written in the dark")).toBeVisible();
  await context.unroute(`${API}/**`);
  await expect
    .poll(async () => (await storedTodos(context, account)).map(({ title }) => title))
    .toEqual(["Written in the dark"]);
});

test("signing out with unsent changes asks first", async ({ page, context, account }) => {
  await openTodos(page);
  await context.route(`${API}/todos**`, (route) => route.abort());
  await add(page, "Not sent yet");
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  const question = page.getByRole("alertdialog", { name: "Sign out and lose unsent changes?" });
  await expect(question).toBeVisible();
  await question.getByRole("button", { name: "Stay signed in" }).click();
  await context.unroute(`${API}/todos**`);
  await expect.poll(async () => (await storedTodos(context, account)).length).toBe(1);
  await signOut(page);
});

test("the app opens from the second visit on, even without a network", async ({ page, context, account }) => {
  await givenTodos(context, account, [{ title: "On the server" }]);
  await openTodos(page);
  const isActive = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const { active } = registration;
    if (active && active.state !== "activated") {
      await new Promise((resolve) => active.addEventListener("statechange", resolve, { once: true }));
    }
    return active?.state;
  });
  expect(isActive).toBe("activated");

  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Todos" })).toBeVisible();
  await expect(page.getByRole("alert").filter({ hasText: "You are offline" })).toBeVisible();
  await add(page, "Written offline");
  await page.goto("/settings");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();

  await context.setOffline(false);
  await page.goto("/");
  await expect.poll(() => titles(page)).toEqual(["Written offline", "On the server"]);
});
