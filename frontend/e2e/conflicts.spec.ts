import { type Browser, type BrowserContext, expect, type Page } from "@playwright/test";
import {
  type Account,
  anotherDevice,
  givenTodos,
  openDetails,
  openTodos,
  storedTodos,
  test,
} from "./support";

const retitle = async (page: Page, title: string, added: string) => {
  await page.getByRole("button", { name: `Edit “${title}”`, exact: true }).click();
  await page.keyboard.type(added);
  await page.keyboard.press("Enter");
};

/** Title and notes changed here without a network, and differently on another device meanwhile. */
async function clash(page: Page, context: BrowserContext, account: Account, browser: Browser): Promise<Page> {
  await givenTodos(context, account, [{ title: "Read", description: "chapter one" }]);
  const other = await anotherDevice(browser, account);
  await openTodos(page);
  await openTodos(other);
  await expect(page.getByRole("button", { name: "Edit “Read”" })).toBeVisible();
  await context.setOffline(true);
  await retitle(page, "Read", " aloud");
  const mine = await openDetails(page, "Read aloud");
  await mine.getByRole("textbox", { name: "Notes" }).fill("my notes");
  await mine.getByRole("button", { name: "Close the details" }).click();

  await retitle(other, "Read", " slowly");
  const theirs = await openDetails(other, "Read slowly");
  await theirs.getByRole("textbox", { name: "Notes" }).fill("their notes");
  await theirs.getByRole("button", { name: "Close the details" }).click();
  await expect
    .poll(async () => (await storedTodos(other.context(), account))[0])
    .toMatchObject({ title: "Read slowly", description: "their notes" });
  await context.setOffline(false);
  await page.getByRole("button", { name: "Look at it" }).click();
  await expect(page.getByRole("dialog", { name: "What do you want to keep?" })).toBeVisible();
  return other;
}

const answers = [
  {
    name: "mine",
    choose: (page: Page) => page.getByRole("button", { name: "All mine" }).click(),
    title: "Read aloud",
    notes: /^my notes$/,
  },
  {
    name: "theirs",
    choose: (page: Page) => page.getByRole("button", { name: "All theirs" }).click(),
    title: "Read slowly",
    notes: /^their notes$/,
  },
  {
    name: "each field for itself, and both of one",
    choose: async (page: Page) => {
      await page.getByRole("group", { name: "Title" }).getByRole("radio", { name: /^Mine/ }).check();
      await page.getByRole("group", { name: "Notes" }).getByRole("radio", { name: /^Both/ }).check();
      await page.getByRole("button", { name: "Keep what I have chosen" }).click();
    },
    title: "Read aloud",
    notes: /my notes[\s\S]*their notes|their notes[\s\S]*my notes/,
  },
] as const;

for (const { name, choose, title, notes } of answers) {
  test(`a conflict is settled by keeping ${name}, on both devices`, async ({
    page,
    context,
    account,
    browser,
  }) => {
    const other = await clash(page, context, account, browser);
    await choose(page);
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect
      .poll(async () => (await storedTodos(context, account))[0])
      .toMatchObject({ title, description: expect.stringMatching(notes) });
    await expect(other.getByRole("button", { name: `Edit “${title}”`, exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Look at it" })).toHaveCount(0);
    await other.context().close();
  });
}

test("different fields meet without a question", { tag: "@quick" }, async ({
  page,
  context,
  account,
  browser,
}) => {
  await givenTodos(context, account, [{ title: "Read" }]);
  const other = await anotherDevice(browser, account);
  await openTodos(page);
  await openTodos(other);
  await context.setOffline(true);
  await retitle(page, "Read", " aloud");
  const theirs = await openDetails(other, "Read");
  await theirs.getByRole("radio", { name: "High" }).check();
  await expect.poll(async () => (await storedTodos(other.context(), account))[0]?.priority).toBe("high");
  await context.setOffline(false);
  await expect
    .poll(async () => (await storedTodos(context, account))[0])
    .toMatchObject({ title: "Read aloud", priority: "high" });
  await expect(page.getByRole("button", { name: "Look at it" })).toHaveCount(0);
  await other.context().close();
});

test("a change of what was deleted elsewhere can be brought back", async ({
  page,
  context,
  account,
  browser,
}) => {
  await givenTodos(context, account, [{ title: "Read" }]);
  const other = await anotherDevice(browser, account);
  await openTodos(page);
  await openTodos(other);
  await context.setOffline(true);
  await retitle(page, "Read", " aloud");
  await other.getByRole("checkbox", { name: "Done: Read" }).focus();
  await other.keyboard.press("Delete");
  await expect.poll(async () => (await storedTodos(other.context(), account)).length).toBe(0);
  await context.setOffline(false);
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("button", { name: "Bring it back with my changes" }).click();
  await expect
    .poll(async () => (await storedTodos(context, account)).map(({ title }) => title))
    .toEqual(["Read aloud"]);
  await other.context().close();
});
