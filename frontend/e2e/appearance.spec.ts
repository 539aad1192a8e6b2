import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, expect, type Page } from "@playwright/test";
import { guestScenes, isEmpty, type Scene, scenes, scenesApart, todos } from "./scenes";
import { type Account, add, box, givenTodos, newAccount, openTodos, register, rows, test } from "./support";

const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } } as const;
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** A screenshot, and what axe finds: everything at first, and of the other colours what depends on colours. */
async function check(page: Page, name: string, only?: "contrast"): Promise<void> {
  // On what has a touch screen an overlay is masked until the keyboard of a phone is there, or could have been.
  await expect(page.locator('[style*="mask-image"]')).toHaveCount(0);
  // Half-faded text has no fair contrast yet.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
  );
  await page.screenshot({ path: `screenshots/${name}.png` });
  const axe = new AxeBuilder({ page });
  const { violations } = await (only ? axe.withRules("color-contrast") : axe.withTags(tags)).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect(found, name).toEqual([]);
}

async function showAll(
  context: BrowserContext,
  list: readonly Scene[],
  size: string,
  account: Account,
): Promise<void> {
  for (const [name, open] of list) {
    const page = await context.newPage();
    await open(page, account);
    await check(page, `${name}-light-${size}`);
    await page.emulateMedia({ colorScheme: "dark" });
    await check(page, `${name}-dark-${size}`, "contrast");
    await page.close();
  }
}

for (const [size, viewport] of Object.entries(sizes)) {
  const device = { viewport, hasTouch: size === "phone", reducedMotion: "reduce" } as const;

  test(`pages on a ${size}, light and dark`, async ({ browser }) => {
    test.setTimeout(1_800_000);
    const context = await browser.newContext(device);
    const account = newAccount();
    await showAll(context, guestScenes, size, account);
    const named = { ...account, display_name: "Ada Lovelace" };
    await register(context, named);
    await showAll(context, [isEmpty], size, account);
    await givenTodos(context, account, todos);
    await showAll(context, scenes, size, account);
    await context.close();
  });

  test(`what is seen once in a while on a ${size}, light and dark`, async ({ browser }) => {
    test.setTimeout(1_800_000);
    for (const scene of scenesApart) {
      const context = await browser.newContext(device);
      const account = newAccount();
      await register(context, account);
      await givenTodos(context, account, todos);
      await showAll(context, [scene], size, account);
      await context.close();
    }
  });
}

test("the theme that was chosen is there before anything is painted, in every tab", async ({
  page,
  account,
  context,
}) => {
  await page.goto("/settings");
  await expect(page.getByText(account.email)).toBeVisible();
  const ground = (shown: Page) =>
    shown.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground(page);
  const second = await context.newPage();
  await openTodos(second);
  await page.getByRole("radio", { name: "Dark" }).check();
  await expect.poll(() => ground(page)).not.toBe(light);
  const dark = await ground(page);
  await expect.poll(() => ground(second)).toBe(dark);

  // Without any script of the app but the one in the head: what is painted first is dark already.
  const third = await context.newPage();
  await third.route("**/_next/static/**/*.js", (route) => route.abort());
  await third.goto("/");
  expect(await ground(third)).toBe(dark);
  await page.getByRole("group", { name: "Theme" }).getByRole("radio", { name: "System" }).check();
  await expect.poll(() => ground(page)).toBe(light);
});

test("the app can be installed", async ({ page, request }) => {
  await page.goto("/sign-in");
  const link = await page.locator('link[rel="manifest"]').getAttribute("href");
  const manifest = await (await request.get(link ?? "")).json();
  expect(manifest).toMatchObject({
    name: "Daybook",
    display: "standalone",
    start_url: "/",
    shortcuts: [{ url: "/today" }, { url: "/upcoming" }, { url: "/search" }],
    share_target: { action: "/share", method: "GET", params: { title: "title", text: "text", url: "url" } },
  });
  // What is named there leads to pages of ours, and not to the one that says that there is none.
  for (const { url } of [...manifest.shortcuts, { url: manifest.share_target.action }]) {
    expect([url, (await request.get(url)).status()]).toEqual([url, 200]);
  }
  for (const { src, type } of manifest.icons) {
    const icon = await request.get(src);
    expect([src, icon.status(), icon.headers()["content-type"]]).toEqual([src, 200, type]);
  }
});

test("who asked for less motion sees none, and the others do", async ({ page, account: _ }) => {
  await openTodos(page);
  const longest = () =>
    page.evaluate(() => {
      // Of every kind of motion that the app knows, and of whatever runs right now.
      const samples = ["animate-rise", "animate-shimmer", "transition-colors"].map((name) => {
        const sample = document.createElement("div");
        sample.className = name;
        document.body.append(sample);
        return sample;
      });
      const seconds = [...document.querySelectorAll("body *")].flatMap((element) => {
        const { animationDuration, transitionDuration } = getComputedStyle(element);
        return `${animationDuration}, ${transitionDuration}`.split(", ").map(Number.parseFloat);
      });
      for (const sample of samples) sample.remove();
      return Math.max(...seconds);
    });
  expect(await longest()).toBeGreaterThan(0.1);
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await longest()).toBeLessThanOrEqual(0.001);
  // Still there, and still said.
  await add(page, "Without a flourish");
  await box(page, "Without a flourish").focus();
  await page.keyboard.press("Delete");
  await expect(page.getByText("Todo deleted")).toBeVisible();
  expect(await longest()).toBeLessThanOrEqual(0.001);
});

test("nothing is cut off on a narrow screen or at twice the text size", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
  const account = newAccount();
  await register(context, account);
  const long = "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung".repeat(3);
  await givenTodos(context, account, [{ title: long, description: long, priority: "high" }]);
  const page = await context.newPage();
  for (const open of [
    openTodos,
    ...["", "/security", "/devices", "/tokens", "/activity", "/data"].map((part) => async (shown: Page) => {
      await shown.goto(`/settings${part}`);
      await expect(shown.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(shown.getByText("Loading…")).toHaveCount(0);
    }),
    (shown: Page) => shown.goto("/no/such"),
  ]) {
    await open(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  }
  await openTodos(page);
  await expect(rows(page)).toHaveCount(1);
  await context.close();
});
