import { expect, type Page } from "@playwright/test";
import { payloads } from "./payloads";
import { addFirstPasskey, virtualAuthenticator } from "./second-factor";
import {
  API,
  APP,
  box,
  givenTodos,
  openDecisions,
  openDetails,
  openPalette,
  openTodos,
  programOf,
  rows,
  storedTodos,
  test,
  watch,
} from "./support";

/** Runs in the page: what is in it that we never put there, and a payload that was read as markup would have. */
function planted(): string[] {
  const kinds = "iframe, object, embed, base, math, marquee, video, meta[http-equiv], link[rel=import]";
  const leadsAway = (element: Element) =>
    element instanceof HTMLAnchorElement &&
    element.hasAttribute("href") &&
    !["http:", "https:"].includes(element.protocol);
  const isPlanted = (element: Element) =>
    element.matches(kinds) ||
    leadsAway(element) ||
    element.getAttributeNames().some((name) => name.startsWith("on")) ||
    // Next.js writes scripts into the page, too; none of them has the word that ours have.
    (element.matches("script, style") && element.textContent?.includes("injected"));
  return [...document.querySelectorAll("body, body *")]
    .filter(isPlanted)
    .map((element) => element.outerHTML.slice(0, 200));
}

/** In the whole document: dialogs, toasts and what is only read aloud are outside of `main`. */
async function expectUnharmed(page: Page): Promise<void> {
  expect(await page.evaluate(() => "injected" in globalThis)).toBe(false);
  expect(await page.evaluate(planted)).toEqual([]);
}

/** On paper every row is drawn, and not only those near the window. */
async function drawAll(page: Page, count: number): Promise<void> {
  await expect(rows(page).first()).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await expect(rows(page)).toHaveCount(count);
}

const everyTenth = payloads.filter((_, index) => index % 10 === 0);
/** What has a name has less room than a title. */
const names = everyTenth.map((payload) => payload.slice(0, 100).trim());

test("what is looked for would be found", { tag: ["@quick", "@P24"] }, async ({ page }) => {
  await page.goto("/sign-in");
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
  await expectUnharmed(page);
  // These are elements as they are; a second `body` is none.
  const handlers = payloads.filter((payload) => /^<(?!body)\w+[^<>]* on\w+=/.test(payload));
  expect(handlers.length).toBeGreaterThan(50);
  const place = await page.evaluateHandle(() => document.body.appendChild(document.createElement("aside")));
  for (const payload of handlers) {
    await place.evaluate((element, markup) => {
      element.innerHTML = markup;
    }, payload);
    expect(await page.evaluate(planted), payload).not.toEqual([]);
  }
});

const sizes = [
  { count: "twenty", chosen: everyTenth, tag: ["@quick", "@P24"] },
  { count: "two hundred", chosen: payloads, tag: ["@P24"] },
];
for (const { count, chosen, tag } of sizes) {
  test(`${count} hidden scripts are text in every list of todos`, { tag }, async ({
    page,
    account,
    context,
  }) => {
    test.setTimeout(900_000);
    expect(new Set(chosen).size).toBe(count === "twenty" ? 20 : 200);
    await givenTodos(context, account, [
      ...chosen.map((payload) => ({
        title: payload.slice(0, 200),
        description: payload,
        tags: [payload.slice(0, 50)],
      })),
      { title: "All of them", description: chosen.join("\n").slice(0, 10_000) },
    ]);
    const messages = watch(page);
    await openTodos(page);
    await drawAll(page, chosen.length + 1);
    await expectUnharmed(page);

    const details = await openDetails(page, "All of them");
    await details.getByRole("button", { name: "Show the history" }).click();
    const history = details.getByRole("region", { name: "History" });
    await expect(history).toContainText("injected=true");
    await expectUnharmed(page);
    await details.getByRole("button", { name: "Close the details" }).click();

    const palette = await openPalette(page);
    await palette.fill("<");
    await expect(page.getByRole("option").first()).toBeVisible();
    await expectUnharmed(page);
    await page.keyboard.press("Escape");
    await expect(palette).toHaveCount(0);

    // The toast says which one it was.
    const newest = chosen.at(-1)?.slice(0, 200) ?? "";
    await box(page, newest).focus();
    await page.keyboard.press("Delete");
    await expect(page.getByText("Todo deleted")).toBeVisible();
    await expectUnharmed(page);
    const titles = async () => (await storedTodos(context, account)).map(({ title }) => title);
    await expect.poll(titles).not.toContain(newest);

    await page.goto("/search");
    const field = page.getByRole("searchbox");
    // Chromium lets no page change its address more than 200 times in ten seconds.
    for (const payload of chosen.filter((_, index) => index % 4 === 0)) {
      await field.fill(payload);
      await expect(page).toHaveURL((url) => url.searchParams.get("q") === payload.trim());
      await expectUnharmed(page);
    }
    for (const payload of chosen.filter((_, index) => index % 40 === 0)) {
      await page.goto(`/search?q=${encodeURIComponent(payload)}`);
      await expect(field).toHaveValue(payload.trim());
      await expectUnharmed(page);
      await page.goto(`/tag?name=${encodeURIComponent(payload.slice(0, 50))}`);
      await expect(page.getByRole("heading", { level: 1 })).toContainText("#");
      await expectUnharmed(page);
    }

    const [, ...stored] = await storedTodos(context, account);
    const half = Math.ceil(stored.length / 2);
    const [done, deleted] = [stored.slice(0, half), stored.slice(half)];
    const elsewhere = await programOf(account);
    for (const [action, todos] of [
      ["complete", done],
      ["delete", deleted],
    ] as const) {
      const data = { action, todos: todos.map(({ id, version }) => ({ id, version })) };
      const answer = await elsewhere.post("/todos/bulk", { data });
      expect(answer.status(), await answer.text()).toBe(200);
    }
    await elsewhere.dispose();
    await page.goto("/done");
    await drawAll(page, done.length);
    await expectUnharmed(page);
    await page.goto("/trash");
    await drawAll(page, deleted.length + 1);
    await expectUnharmed(page);
    expect(messages).toEqual([]);
  });
}

test("hidden scripts are text in every name that one can give", { tag: "@P24" }, async ({
  page,
  account,
}) => {
  const [first = "", second = "", third = "", ...others] = names;
  const elsewhere = await programOf(account);
  for (const name of others) {
    const { password } = account;
    const data = { name, password, scopes: ["todos:read"], expires_in_days: 7 };
    const made = await elsewhere.post("/auth/tokens", { data });
    expect(made.status(), await made.text()).toBe(201);
  }
  await elsewhere.dispose();
  const messages = watch(page);

  await page.goto("/settings");
  await page.getByLabel("Name", { exact: true }).fill(first);
  await page.getByRole("button", { name: "Save the name" }).click();
  await page.getByRole("button", { name: `Account of ${first}`, exact: true }).click();
  await expect(page.getByText(first, { exact: true })).toBeVisible();
  await expectUnharmed(page);

  await page.goto("/settings/tokens");
  const tokens = page.getByRole("list", { name: "API tokens" }).getByRole("listitem");
  await expect(tokens).toHaveCount(others.length);
  await page.getByRole("button", { name: "Create a token" }).click();
  await page.getByLabel("Name", { exact: true }).fill(second);
  await page.getByLabel("Your password").fill(account.password);
  await page.getByRole("button", { name: "Create the token" }).click();
  await expect(page.getByRole("heading", { name: `Copy “${second}” now` })).toBeVisible();
  await tokens.first().getByRole("button").click();
  await expect(page.getByRole("alertdialog")).toContainText(second);
  await expectUnharmed(page);

  await virtualAuthenticator(page);
  await addFirstPasskey(page, account, third);
  await page.getByRole("button", { name: `Remove ${third}`, exact: true }).click();
  await expect(page.getByText(`“${third}” will not open your account any more.`)).toBeVisible();
  await expectUnharmed(page);

  await page.goto("/settings/activity");
  await expect(page.getByText(`“${second}”`).first()).toBeVisible();
  await expectUnharmed(page);
  expect(messages).toEqual([]);
});

test("hidden scripts are text in what has to be decided", { tag: "@P24" }, async ({ page, account }) => {
  const [before = "", mine = "", theirs = "", refused = ""] = names;
  const messages = watch(page);
  const dialog = await openDecisions(page, account, { before, mine, theirs, refused });
  for (const text of names.slice(0, 4)) await expect(dialog).toContainText(text);
  await expectUnharmed(page);
  expect(messages).toEqual([]);
});

test("hidden scripts are text in files, and in what other apps share", { tag: "@P24" }, async ({
  page,
  context,
  account: _,
}) => {
  const messages = watch(page);
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  await context.route(
    (url) => url.href.startsWith(`${API}/todos/import`),
    async (route) => {
      await held;
      await route.continue();
    },
  );
  await page.goto("/settings/data");
  // What is no number is told in the report, as it was written.
  const tasks = names.slice(0, 10).map((priority, index) => ({ id: index + 1, title: "One", priority }));
  const name = `${names[0]}.json`.replaceAll("/", "");
  await page.getByLabel("File to import").setInputFiles({
    name,
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify([{ title: "Many", tasks }])),
  });
  await expect(page.getByText(`Importing “${name}”`)).toBeVisible();
  await expectUnharmed(page);
  goOn();
  await expect(page.getByText("10 entries were left out")).toBeVisible();
  await expect(page.getByText("injected=true").first()).toBeVisible();
  await expectUnharmed(page);

  const shared = new URLSearchParams({ title: names[1] ?? "", text: names[2] ?? "", url: names[3] ?? "" });
  await page.goto(`/share?${shared}`);
  await expect(page).toHaveURL(`${APP}/`);
  await expect(page.getByRole("textbox", { name: "New todo" })).toHaveValue(/injected=true/);
  await expectUnharmed(page);
  expect(messages).toEqual([]);
});

test("signing in leads to no address that somebody put into a link", { tag: "@P24" }, async ({
  page,
  account: _,
}) => {
  const messages = watch(page);
  for (const next of [
    "javascript:globalThis.injected=true",
    "data:text/html,<script>globalThis.injected=true</script>",
    "//evil.example/",
    "/\\evil.example/",
  ]) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await expect(page.getByRole("heading", { name: "Inbox", level: 1 })).toBeVisible();
    await expect(page, next).toHaveURL(`${APP}/`);
    await expectUnharmed(page);
  }
  expect(messages).toEqual([]);
});
