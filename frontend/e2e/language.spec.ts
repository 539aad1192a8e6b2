import { expect } from "@playwright/test";
import { box, openTodos, rows, storedTodos, test } from "./support";

test.describe("in a German browser", () => {
  test.use({ locale: "de-AT" });

  test("the app speaks German from the first thing that is painted on", async ({
    page,
    context,
    browser,
  }) => {
    await context.clearCookies();
    await page.goto("/sign-in");
    await expect(page.getByRole("heading", { name: "Willkommen zurück" })).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
    await expect(page.locator("html")).toHaveAttribute("dir", "ltr");

    // Without the texts there is nothing to see, rather than another language.
    const bare = await browser.newContext({ locale: "de-AT", serviceWorkers: "block" });
    const second = await bare.newPage();
    await second.route("**/_next/static/**/*.js", (route) => route.abort());
    await second.goto("/sign-in");
    expect(await second.evaluate(() => getComputedStyle(document.body).visibility)).toBe("hidden");
    await bare.close();
  });

  test("a line is understood in German, and dates are written as there", async ({
    page,
    account,
    context,
  }) => {
    await page.goto("/");
    await page
      .getByRole("textbox", { name: "Neue Aufgabe" })
      .pressSequentially("Miete zahlen morgen 9 Uhr !hoch");
    await expect(page.getByRole("list", { name: "Verstanden" }).getByRole("button")).toHaveText([
      "Morgen",
      "09:00",
      "Hoch",
    ]);
    await page.keyboard.press("Enter");
    const row = page.getByRole("list", { name: "Aufgaben" }).getByRole("listitem");
    await expect(row).toContainText("Morgen 09:00");
    await expect
      .poll(async () => (await storedTodos(context, account))[0])
      .toMatchObject({ title: "Miete zahlen", priority: "high" });
  });
});

test("the language is chosen in the settings, for every tab of this browser", async ({
  page,
  context,
  account: _,
}) => {
  const second = await context.newPage();
  await openTodos(second);
  await page.goto("/settings");
  await page.getByRole("radio", { name: "Deutsch" }).check();
  await expect(page.getByRole("heading", { name: "Einstellungen" })).toBeVisible();
  await expect(second.getByRole("heading", { name: "Eingang" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Einstellungen" })).toBeVisible();
  await page.getByRole("radio", { name: "English" }).check();
  await expect(second.getByRole("heading", { name: "Inbox" })).toBeVisible();
});

test("the page can be read from right to left", async ({ page, account: _ }) => {
  await openTodos(page);
  await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  await page.getByRole("textbox", { name: "New todo" }).fill("לקנות חלב");
  await page.keyboard.press("Enter");
  const tick = await box(page, "לקנות חלב").boundingBox();
  const row = await rows(page).first().boundingBox();
  if (!tick || !row) throw new Error("the row is drawn");
  // The circle stands where lines begin.
  expect(tick.x).toBeGreaterThan(row.x + row.width / 2);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
});
