import { expect } from "@playwright/test";
import { add, box, givenTodos, openTodos, rows, signIn, storedTodos, test, titles } from "./support";

test.beforeEach(async ({ account, context }) => {
  await givenTodos(context, account, [{ title: "Read thirty pages" }, { title: "Call Mira" }]);
});

test("a title is edited where it stands", async ({ page, account, context }) => {
  await openTodos(page);
  await page.getByRole("button", { name: "Edit “Call Mira”" }).click();
  await page.keyboard.type(" about Friday");
  await page.keyboard.press("Enter");
  await expect(rows(page).first()).toContainText("Call Mira about Friday");
  await expect
    .poll(async () => (await storedTodos(context, account))[0]?.title)
    .toBe("Call Mira about Friday");

  await page.getByRole("button", { name: "Edit “Read thirty pages”" }).click();
  await page.keyboard.type(" and then some");
  await page.keyboard.press("Escape");
  await page.reload();
  await expect.poll(() => titles(page)).toEqual(["Call Mira about Friday", "Read thirty pages"]);
});

test("notes and priority are behind the arrow", async ({ page, account, context }) => {
  await openTodos(page);
  await page.getByRole("button", { name: "Details of “Call Mira”" }).click();
  await page.getByRole("textbox", { name: "Notes" }).fill("She is back on Monday.");
  await page.getByRole("radio", { name: "High" }).check();
  await expect
    .poll(async () => (await storedTodos(context, account))[0])
    .toMatchObject({ description: "She is back on Monday.", priority: "high" });
  await page.reload();
  await expect(rows(page).first()).toContainText("She is back on Monday.");
  await expect(rows(page).first()).toContainText("High priority");
});

test("a deletion can be undone, and is final afterwards", async ({ page, account, context }) => {
  await openTodos(page);
  await rows(page).first().hover();
  await page.getByRole("button", { name: "Delete “Call Mira”" }).click();
  await expect(box(page, "Call Mira")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(box(page, "Call Mira")).toBeVisible();
  expect(await storedTodos(context, account)).toHaveLength(2);

  await rows(page).first().hover();
  await page.getByRole("button", { name: "Delete “Call Mira”" }).click();
  await page.mouse.move(0, 0);
  await expect.poll(async () => (await storedTodos(context, account)).length, { timeout: 20_000 }).toBe(1);
  await page.reload();
  await expect.poll(() => titles(page)).toEqual(["Read thirty pages"]);
});

test("a deletion is not lost when the page is left at once", async ({ page, account, context }) => {
  await openTodos(page);
  await rows(page).first().hover();
  await page.getByRole("button", { name: "Delete “Call Mira”" }).click();
  await expect(page.getByText("Todo deleted")).toBeVisible();
  await page.reload();
  await expect.poll(() => titles(page)).toEqual(["Read thirty pages"]);
  await expect.poll(async () => (await storedTodos(context, account)).length).toBe(1);
});

test("the filter is kept, and a ticked todo stays for a moment", async ({ page }) => {
  await openTodos(page);
  await page.getByRole("radio", { name: "Active" }).check();
  await box(page, "Call Mira").check();
  await expect(box(page, "Call Mira")).toBeChecked();
  await expect.poll(() => titles(page)).toEqual(["Read thirty pages"]);
  await page.reload();
  await expect(page.getByRole("radio", { name: "Active" })).toBeChecked();
  await expect.poll(() => titles(page)).toEqual(["Read thirty pages"]);
  await page.getByRole("radio", { name: "Done" }).check();
  await expect.poll(() => titles(page)).toEqual(["Call Mira"]);
});

test("a long list is loaded page by page while scrolling", async ({ page, account, context }) => {
  const many = Array.from({ length: 118 }, (_, index) => ({
    title: `Todo ${index + 1}`,
    completed: index % 2 === 0,
  }));
  await givenTodos(context, account, many);
  await openTodos(page);
  await expect(box(page, "Todo 118")).toBeVisible();
  expect(await rows(page).count()).toBeLessThan(120);
  await expect(async () => {
    await rows(page).last().scrollIntoViewIfNeeded();
    await expect(rows(page)).toHaveCount(120, { timeout: 500 });
  }).toPass();
  await expect(rows(page).last()).toContainText("Read thirty pages");
  await expect(page.getByText("61 to do")).toBeVisible();
});

test("what is being typed survives a reload", async ({ page }) => {
  await openTodos(page);
  await page.getByRole("textbox", { name: "New todo" }).fill("half a thought");
  await page.getByRole("button", { name: "Edit “Call Mira”" }).click();
  await page.keyboard.type(" half an edit");
  await page.reload();
  await expect(page.getByRole("textbox", { name: "New todo" })).toHaveValue("half a thought");
  await expect(page.getByRole("textbox", { name: "Title of “Call Mira”" })).toHaveValue(
    "Call Mira half an edit",
  );
});

test("everything can be done by keyboard alone", async ({ page, account, context }) => {
  await openTodos(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("textbox", { name: "New todo" })).toBeFocused();
  await page.keyboard.type("By hand");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("radio", { name: "All" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(box(page, "By hand")).toBeFocused();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await expect(box(page, "Call Mira")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.type("!");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Edit “Call Mira!”" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Delete");
  await expect(box(page, "Read thirty pages")).toHaveCount(0);
  await expect(box(page, "Call Mira!")).toBeFocused();
  await page.keyboard.press("Alt+T");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(box(page, "Read thirty pages")).toBeVisible();

  await page.getByRole("button", { name: /^Account of/ }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  expect((await storedTodos(context, account)).map(({ title, completed }) => [title, completed])).toEqual([
    ["By hand", true],
    ["Call Mira!", false],
    ["Read thirty pages", false],
  ]);
});

test("an edit that meets another one is not lost", async ({ page, account, context, browser }) => {
  const device = await browser.newContext();
  await signIn(device, account);
  const other = await device.newPage();
  await openTodos(page);
  await openTodos(other);

  await other.getByRole("button", { name: "Edit “Call Mira”" }).click();
  await other.keyboard.type(" tonight");
  await other.keyboard.press("Enter");
  await expect.poll(async () => (await storedTodos(context, account))[0]?.title).toBe("Call Mira tonight");

  // A different field: both edits stay, without a question.
  await box(page, "Call Mira").check();
  await expect
    .poll(async () => (await storedTodos(context, account))[0])
    .toMatchObject({ completed: true, title: "Call Mira tonight" });

  await page.getByRole("button", { name: "Edit “Read thirty pages”" }).click();
  await page.keyboard.type(" aloud");
  await other.getByRole("button", { name: "Edit “Read thirty pages”" }).click();
  await other.keyboard.type(" slowly");
  await other.keyboard.press("Enter");
  await expect
    .poll(async () => (await storedTodos(context, account))[1]?.title)
    .toBe("Read thirty pages slowly");
  await page.keyboard.press("Enter");
  await expect(
    page.getByText("It is now “Read thirty pages slowly”. Yours: “Read thirty pages aloud”."),
  ).toBeVisible();
  await expect(box(page, "Read thirty pages slowly")).toBeVisible();
  await page.getByRole("button", { name: "Apply mine" }).click();
  await expect(box(page, "Read thirty pages aloud")).toBeVisible();
  await expect
    .poll(async () => (await storedTodos(context, account))[1]?.title)
    .toBe("Read thirty pages aloud");
  await device.close();
});

test("two tabs show the same", async ({ page, context }) => {
  const second = await context.newPage();
  await openTodos(page);
  await openTodos(second);
  await add(second, "From the second tab");
  await expect(box(page, "From the second tab")).toBeVisible();
  await box(page, "From the second tab").check();
  await expect(box(second, "From the second tab")).toBeChecked();
});
