import { expect, type Page } from "@playwright/test";
import { add, openDetails, openTodos, rows, storedTodos, test } from "./support";

// What is loaded late is held back, which a service worker that has it already would not be.
test.use({ serviceWorkers: "block" });

/** From now on every part of the app that is still to be loaded takes its time. */
async function slowly(page: Page): Promise<void> {
  await page.route("**/_next/static/chunks/**", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue();
  });
}

test("what is typed at once after Ctrl-K and after a slash is in the field, and does nothing else", async ({
  page,
  account: _,
}) => {
  await openTodos(page);
  await add(page, "Call Mira");
  await page.getByRole("heading", { name: "Inbox", level: 1 }).click();
  await slowly(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("gd x mira");
  const line = page.getByRole("combobox", { name: "What do you want to do?" });
  await expect(line).toHaveValue("gd x mira");
  await expect(line).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(line).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe("/");

  await page.keyboard.press("/");
  await page.keyboard.type("n mira");
  const search = page.getByRole("searchbox", { name: "Search your todos" });
  await expect(search).toHaveValue("n mira");
  await page.keyboard.type("!");
  await expect(search).toHaveValue("n mira!");
  await expect(page).toHaveURL(/\/search\?q=n(\+|%20)mira/);
});

/** The details of the one todo there is, and the field for its notes. */
async function openNotes(page: Page) {
  await openTodos(page);
  await add(page, "Call Mira");
  const details = await openDetails(page, "Call Mira");
  return details.getByRole("textbox", { name: "Notes" });
}

test("undoing is the text’s while somebody types, and neither it nor Escape costs a word", async ({
  page,
  account,
  context,
}) => {
  const notes = await openNotes(page);
  await notes.click();
  await page.keyboard.type("She is back");
  await page.keyboard.press("Control+z");
  await expect(notes).not.toHaveValue("She is back");
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press("Control+Shift+Z");
  await expect(notes).toHaveValue("She is back");
  await page.keyboard.press("Escape");
  await expect(notes).toHaveValue("She is back");
  await expect.poll(async () => (await storedTodos(context, account))[0]?.description).toBe("She is back");
  await page.keyboard.press("Control+z");
  await expect(notes).toHaveValue("");
  await expect(rows(page)).toHaveCount(1);
});

test("undoing stays in the field where somebody types, also when nothing is left in it", async ({
  page,
  account,
  context,
}) => {
  const notes = await openNotes(page);
  await notes.click();
  await page.keyboard.type("She is back");
  await page.keyboard.press("Escape");
  const field = page.getByRole("textbox", { name: "New todo" });
  await field.click();
  await page.keyboard.type("x");
  for (let press = 0; press < 4; press++) {
    await page.keyboard.press("Control+z");
    // As fast as a person presses: what the browser undoes comes after the key.
    await page.waitForTimeout(200);
  }
  await expect(field).toHaveValue("");
  await expect(field).toBeFocused();
  await expect(rows(page)).toHaveCount(1);
  await expect(notes).toHaveValue("She is back");
  expect((await storedTodos(context, account))[0]?.description).toBe("She is back");
});

test("what is written from right to left begins at the right, and English beside it stays in order", async ({
  page,
  account: _,
}) => {
  await openTodos(page);
  await add(page, "לקנות חלב (2)");
  await add(page, "Call Mira (2)");
  const alignment = (index: number) =>
    rows(page)
      .nth(index)
      .locator("[data-control=title]")
      .evaluate((element) => getComputedStyle(element).direction);
  await expect(rows(page)).toHaveCount(2);
  expect(await alignment(1)).toBe("rtl");
  expect(await alignment(0)).toBe("ltr");
});
