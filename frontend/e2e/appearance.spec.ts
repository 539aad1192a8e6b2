import AxeBuilder from "@axe-core/playwright";
import { type BrowserContext, expect, type Page } from "@playwright/test";
import { box, givenTodos, newAccount, openTodos, register, rows, test } from "./support";

const themes = ["light", "dark"] as const;
const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } } as const;
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const todos = [
  { title: "Renew the passport", completed: true },
  { title: "Return the books to the library", completed: true },
  {
    title: "Plan the weekend in Ghent",
    description: "Trains, a room near the canal, the museum on Saturday.",
  },
  { title: "Water the tomatoes before it gets hot" },
  { title: "Call Mira about Friday", priority: "low" },
  {
    title: "Send the invoice for October",
    priority: "medium",
    description: "Two days were cancelled, see mail.",
  },
  { title: "Book the night train to Vienna", priority: "high" },
];

async function check(page: Page, name: string): Promise<void> {
  // Half-faded text has no fair contrast yet.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))),
  );
  await page.screenshot({ path: `test-results/screenshots/${name}.png` });
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect(found, name).toEqual([]);
}

type Scene = readonly [name: string, open: (page: Page) => Promise<unknown>];

const guestScenes: readonly Scene[] = [
  ["sign-in", (page) => page.goto("/sign-in")],
  ["register", (page) => page.goto("/register")],
  [
    "register-problems",
    async (page) => {
      await page.goto("/register");
      await page.getByLabel("Password", { exact: true }).fill("short");
      await page.getByRole("button", { name: "Create account" }).click();
      await expect(page.getByText("Use at least 15 characters")).toBeVisible();
    },
  ],
  ["forgot", (page) => page.goto("/forgot")],
  [
    "reset",
    async (page) => {
      await page.goto("/reset#token=not-yet-looked-at");
      await page.getByLabel("New password").fill("a short sentence is long");
    },
  ],
  [
    "reset-dead-link",
    async (page) => {
      await page.goto("/reset");
      await expect(page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
    },
  ],
  [
    "verify",
    async (page) => {
      await page.goto("/verify#token=not-yet-looked-at");
      await expect(page.getByRole("button", { name: "Confirm" })).toBeVisible();
    },
  ],
  ["not-found", (page) => page.goto("/no/such/page")],
];

const scenes: readonly Scene[] = [
  ["todos", openTodos],
  [
    "todos-details",
    async (page) => {
      await openTodos(page);
      await page.getByRole("button", { name: "Details of “Send the invoice for October”" }).click();
    },
  ],
  [
    "todos-editing",
    async (page) => {
      await openTodos(page);
      await page.getByRole("button", { name: "Edit “Call Mira about Friday”" }).click();
    },
  ],
  [
    "todos-deleted",
    async (page) => {
      await openTodos(page);
      await box(page, "Call Mira about Friday").focus();
      await page.keyboard.press("Delete");
      await expect(page.getByText("Todo deleted")).toBeVisible();
      await page.getByRole("button", { name: "Undo" }).hover();
    },
  ],
  [
    "account-menu",
    async (page) => {
      await openTodos(page);
      await page.getByRole("button", { name: /^Account of/ }).click();
      await expect(page.getByRole("menu")).toBeVisible();
    },
  ],
  [
    "settings",
    async (page) => {
      await page.goto("/settings");
      await expect(page.getByText("Not confirmed")).toBeVisible();
    },
  ],
  [
    "settings-security",
    async (page) => {
      await page.goto("/settings/security");
      await page.getByRole("button", { name: "Change the password" }).click();
      await page.getByLabel("New password").fill("a short sentence is long");
      await page.getByRole("button", { name: "Add a passkey" }).click();
      await page.getByRole("button", { name: "Set up an authenticator app" }).click();
    },
  ],
  [
    "settings-devices",
    async (page) => {
      await page.goto("/settings/devices");
      await expect(page.getByText("This device")).toBeVisible();
    },
  ],
  [
    "settings-tokens",
    async (page) => {
      await page.goto("/settings/tokens");
      await page.getByRole("button", { name: "Create a token" }).click();
      await page.getByRole("button", { name: "Create the token" }).click();
      await expect(page.getByText("Give it a name")).toBeVisible();
    },
  ],
  [
    "settings-activity",
    async (page) => {
      await page.goto("/settings/activity");
      await expect(page.getByText("Account created")).toBeVisible();
    },
  ],
  [
    "settings-data",
    async (page) => {
      await page.goto("/settings/data");
      await page.getByRole("button", { name: "Delete my account…" }).click();
      await expect(page.getByLabel("Your password")).toBeVisible();
    },
  ],
];

const isEmpty: Scene = [
  "todos-empty",
  async (page) => {
    await openTodos(page);
    await expect(page.getByRole("heading", { name: "A clean page" })).toBeVisible();
  },
];

async function showAll(context: BrowserContext, list: readonly Scene[], suffix: string): Promise<void> {
  for (const [name, open] of list) {
    const page = await context.newPage();
    await open(page);
    await check(page, `${name}-${suffix}`);
    await page.close();
  }
}

for (const theme of themes) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`pages in ${theme} on a ${size}`, async ({ browser }) => {
      test.setTimeout(240_000);
      const suffix = `${theme}-${size}`;
      const options = {
        colorScheme: theme,
        viewport,
        hasTouch: size === "phone",
        reducedMotion: "reduce",
      } as const;
      const context = await browser.newContext(options);
      await showAll(context, guestScenes, suffix);
      const account = { ...newAccount(), display_name: "Ada Lovelace" };
      await register(context, account);
      await showAll(context, [isEmpty], suffix);
      await givenTodos(context, { email: account.email, password: account.password }, todos);
      await showAll(context, scenes, suffix);
      await context.close();
    });
  }
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
  await page.getByRole("radio", { name: "System" }).check();
  await expect.poll(() => ground(page)).toBe(light);
});

test("the app can be installed", async ({ page, request }) => {
  await page.goto("/sign-in");
  const link = await page.locator('link[rel="manifest"]').getAttribute("href");
  const manifest = await (await request.get(link ?? "")).json();
  expect(manifest).toMatchObject({ name: "Daybook", display: "standalone", start_url: "/" });
  for (const { src, type } of manifest.icons) {
    const icon = await request.get(src);
    expect([src, icon.status(), icon.headers()["content-type"]]).toEqual([src, 200, type]);
  }
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
    ...["", "/security", "/devices", "/tokens", "/activity", "/data"].map(
      (part) => (shown: Page) => shown.goto(`/settings${part}`, { waitUntil: "networkidle" }),
    ),
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
