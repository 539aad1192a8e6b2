import { expect } from "@playwright/test";
import {
  add,
  box,
  givenTodos,
  openDetails,
  openPalette,
  openTodos,
  rows,
  storedTodos,
  test,
  titles,
} from "./support";

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

test("everything else is in the details", { tag: "@quick" }, async ({ page, account, context }) => {
  await openTodos(page);
  const details = await openDetails(page, "Call Mira");
  await details.getByRole("textbox", { name: "Notes" }).fill("She is back on Monday.");
  await details.getByRole("radio", { name: "High" }).check();
  await details.getByRole("button", { name: "Tomorrow" }).click();
  await details.getByLabel("Repeats").selectOption({ label: "Every week" });
  await details.getByLabel("Tags").fill("people");
  await page.keyboard.press("Enter");
  await expect
    .poll(async () => (await storedTodos(context, account))[0])
    .toMatchObject({
      description: "She is back on Monday.",
      priority: "high",
      due: { date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
      recurrence: { rule: "FREQ=WEEKLY" },
      tags: ["people"],
    });
  await details.getByRole("button", { name: "Show the history" }).click();
  await expect(details.getByText("Priority: No priority → High")).toBeVisible();
  // Its address leads to it, on any device.
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Notes" })).toHaveValue("She is back on Monday.");
  await details.getByRole("button", { name: "Close the details" }).click();
  await expect(rows(page).first()).toContainText("She is back on Monday.");
  await expect(rows(page).first()).toContainText("#people");
});

test("a deletion can be undone at once, by keys, and from the trash", async ({ page, account, context }) => {
  await openTodos(page);
  const remove = async () => {
    await rows(page).first().hover();
    await page.getByRole("button", { name: "Delete “Call Mira”" }).click();
    await expect(box(page, "Call Mira")).toHaveCount(0);
  };
  await remove();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(box(page, "Call Mira")).toBeVisible();

  await remove();
  await page.keyboard.press("Control+z");
  await expect(box(page, "Call Mira")).toBeVisible();
  await page.keyboard.press("Control+Shift+Z");
  await expect(box(page, "Call Mira")).toHaveCount(0);
  await expect.poll(async () => (await storedTodos(context, account)).length).toBe(1);

  await page.getByRole("link", { name: "Trash" }).first().click();
  await page.getByRole("button", { name: "Restore “Call Mira”" }).click();
  await page.getByRole("link", { name: "Inbox" }).first().click();
  await expect(box(page, "Call Mira")).toBeVisible();
  await expect.poll(async () => (await storedTodos(context, account)).length).toBe(2);
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

test("what was ticked stays for a moment, then it is among the done ones", async ({ page }) => {
  await openTodos(page);
  await box(page, "Call Mira").check();
  await expect.poll(() => titles(page)).toEqual(["Read thirty pages"]);
  await page.getByRole("link", { name: "Done" }).first().click();
  await expect(page).toHaveURL(/\/done$/);
  await expect.poll(() => titles(page)).toEqual(["Call Mira"]);
  await page.goBack();
  await expect.poll(() => titles(page)).toEqual(["Read thirty pages"]);
});

test("a line is understood while it is written, and a piece can be taken back", async ({
  page,
  account,
  context,
}) => {
  await openTodos(page);
  const field = page.getByRole("textbox", { name: "New todo" });
  await field.pressSequentially("Pay rent tomorrow 9am !high #home every month");
  const understood = page.getByRole("list", { name: "Understood" });
  await expect(understood.getByRole("button")).toHaveText(["Tomorrow", /9/, "High", "home", "Every month"]);
  await understood.getByRole("button", { name: /take “#home” as text/ }).click();
  await expect(field).toBeFocused();
  await page.keyboard.press("Enter");
  await expect
    .poll(async () => (await storedTodos(context, account))[0])
    .toMatchObject({
      title: "Pay rent #home",
      priority: "high",
      tags: [],
      recurrence: { rule: "FREQ=MONTHLY" },
      due: { at: expect.any(String) },
    });
});

test("rows are dragged to another place, and moved by keys", async ({ page, account, context }) => {
  await givenTodos(context, account, [{ title: "Third" }]);
  await openTodos(page);
  const order = async () => (await storedTodos(context, account)).map(({ title }) => title);
  const first = rows(page).first();
  await first.hover();
  const handle = first.getByRole("button", { name: /^Move/ });
  const target = await rows(page).last().boundingBox();
  if (!target) throw new Error("the list has a last row");
  await handle.hover();
  await page.mouse.down();
  await page.mouse.move(target.x + 40, target.y, { steps: 4 });
  await expect(page.locator("html[data-dragging]")).toHaveCount(1);
  await page.mouse.move(target.x + 40, target.y + target.height - 2, { steps: 8 });
  await page.mouse.up();
  await expect.poll(order).toEqual(["Call Mira", "Read thirty pages", "Third"]);

  await box(page, "Third").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect.poll(order).toEqual(["Call Mira", "Third", "Read thirty pages"]);
  await expect(box(page, "Third")).toBeFocused();
  await page.keyboard.press("Control+z");
  await expect.poll(order).toEqual(["Call Mira", "Read thirty pages", "Third"]);
});

test("several are done at once, and undone at once", async ({ page, account, context }) => {
  await openTodos(page);
  await box(page, "Call Mira").focus();
  await page.keyboard.press("x");
  await page.getByRole("checkbox", { name: "Select: Read thirty pages" }).check();
  const bar = page.getByRole("region", { name: "With what is selected" });
  await expect(bar.getByText("2 selected")).toBeVisible();
  await bar.getByRole("button", { name: "Tick off" }).click();
  const done = async () => (await storedTodos(context, account)).filter(({ completed }) => completed).length;
  await expect.poll(done).toBe(2);
  await page.keyboard.press("Control+z");
  await expect.poll(done).toBe(0);
});

test("the palette leads everywhere", async ({ page }) => {
  await openTodos(page);
  await (await openPalette(page)).fill("upcoming");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/upcoming$/);
  await (await openPalette(page)).fill("mira");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Notes" })).toBeVisible();
});

test("what is shared from another app is put into the field", async ({ page }) => {
  await page.goto("/share?title=A%20page&url=https%3A%2F%2Fexample.com%2F");
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole("textbox", { name: "New todo" })).toHaveValue("A page https://example.com/");
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

test("everything can be done by keyboard alone", { tag: "@quick" }, async ({ page, account, context }) => {
  await openTodos(page);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("n");
  await expect(page.getByRole("textbox", { name: "New todo" })).toBeFocused();
  await page.keyboard.type("By hand");
  await page.keyboard.press("Enter");
  await box(page, "By hand").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await expect(box(page, "Call Mira")).toBeFocused();
  await page.keyboard.press("e");
  await page.keyboard.type("!");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Edit “Call Mira!”" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Delete");
  await expect(box(page, "Read thirty pages")).toHaveCount(0);
  await expect(box(page, "Call Mira!")).toBeFocused();
  await expect(page.getByText("Todo deleted")).toBeVisible();
  // To the toasts, to this one, to its button.
  await page.keyboard.press("Alt+T");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(box(page, "Read thirty pages")).toBeVisible();
  await box(page, "Read thirty pages").focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(box(page, "Read thirty pages")).toBeFocused();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  const known = async () =>
    (await storedTodos(context, account)).map(({ title, completed }) => [title, completed]);
  await expect.poll(known).toEqual([
    ["By hand", true],
    ["Call Mira!", false],
    ["Read thirty pages", false],
  ]);
});

test("two tabs show the same", async ({ page, context }) => {
  const second = await context.newPage();
  await openTodos(page);
  await openTodos(second);
  await add(second, "From the second tab");
  await expect(box(page, "From the second tab")).toBeVisible();
  await box(page, "From the second tab").check();
  await expect(box(second, "From the second tab")).toHaveCount(0);
});
