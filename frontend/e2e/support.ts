import { randomUUID } from "node:crypto";
import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  test as base,
  expect,
  type Locator,
  type Page,
  request,
} from "@playwright/test";
import { isolate } from "../src/lib/isolate";

export const APP = process.env.DAYBOOK_APP_URL ?? "http://localhost:3000";
export const API = process.env.DAYBOOK_API_URL ?? "http://localhost:8000";

export interface Account {
  readonly email: string;
  readonly password: string;
}

export const newAccount = (): Account => ({
  email: `e2e-${randomUUID()}@example.com`,
  password: "a long enough passphrase",
});

interface Fixtures {
  /** Somebody who has an account and is signed in in this context, without having opened a page yet. */
  account: Account;
}

export const test = base.extend<Fixtures>({
  account: async ({ context }, use) => {
    const account = newAccount();
    await register(context, account);
    await use(account);
  },
});

/** What the app's forms send; the cookie of the answer belongs to the context. Answers an access token. */
async function enter(context: BrowserContext, path: string, account: Account): Promise<string> {
  const response = await context.request.post(`${API}${path}`, { data: account, headers: { origin: APP } });
  expect(response.ok(), `${path}: ${response.status()} ${await response.text()}`).toBe(true);
  return (await response.json()).access_token;
}

export const register = (context: BrowserContext, account: Account) =>
  enter(context, "/auth/register", account);
export const signIn = (context: BrowserContext, account: Account) => enter(context, "/auth/login", account);

/** A program that is signed in as the same person, in a session of its own: no browser's cookies change by it. */
export async function programOf({ email, password }: Account): Promise<APIRequestContext> {
  const visitor = await request.newContext({ baseURL: API });
  const answer = await visitor.post("/auth/login", { data: { email, password } });
  expect(answer.status(), await answer.text()).toBe(200);
  const { access_token } = await answer.json();
  await visitor.dispose();
  return request.newContext({
    baseURL: API,
    extraHTTPHeaders: { authorization: `Bearer ${access_token}` },
  });
}

/** Todos that are there before the page is opened. The last one is the newest. */
export async function givenTodos(
  context: BrowserContext,
  account: Account,
  todos: readonly object[],
): Promise<void> {
  const headers = { authorization: `Bearer ${await signIn(context, account)}` };
  for (const data of todos) {
    const response = await context.request.post(`${API}/todos`, { data, headers });
    expect(response.status(), await response.text()).toBe(201);
  }
}

export interface StoredTodo {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly completed: boolean;
  readonly priority: string;
  readonly tags: readonly string[];
  readonly due: { readonly date?: string; readonly at?: string } | null;
  readonly recurrence: { readonly rule: string } | null;
}

/** What the server has, newest first. */
export async function storedTodos(context: BrowserContext, account: Account) {
  const headers = { authorization: `Bearer ${await signIn(context, account)}` };
  const response = await context.request.get(`${API}/todos?limit=200`, { headers });
  const { items } = (await response.json()) as {
    items: StoredTodo[];
  };
  return items;
}

/** The line of the command palette, from anywhere. */
export async function openPalette(page: Page): Promise<Locator> {
  await page.keyboard.press("Control+k");
  const line = page.getByRole("combobox", { name: "What do you want to do?" });
  await expect(line).toBeVisible();
  return line;
}

/** The inbox, usable. */
export async function openTodos(page: Page): Promise<void> {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Inbox", level: 1 })).toBeVisible();
  await expect(page.getByText("Loading…")).toHaveCount(0);
}

/** The details of a todo, in whatever form there is room for. */
export async function openDetails(page: Page, title: string): Promise<Locator> {
  await page.getByRole("button", { name: `Details of “${title}”`, exact: true }).click();
  const label = { name: `Details of “${title}”`, exact: true };
  const details = page.getByRole("complementary", label).or(page.getByRole("dialog", label));
  await expect(details).toBeVisible();
  return details;
}

export interface Quarrel {
  readonly before: string;
  readonly mine: string;
  readonly theirs: string;
  /** Of another todo, and never taken by the server. */
  readonly refused: string;
}

/** A title that was changed here and elsewhere, notes that the server refuses, and the dialog that asks about both. */
export async function openDecisions(page: Page, account: Account, words: Quarrel): Promise<Locator> {
  const elsewhere = await programOf(account);
  const { id, version } = await (await elsewhere.post("/todos", { data: { title: words.before } })).json();
  await elsewhere.post("/todos", { data: { title: "Call Mira" } });
  await openTodos(page);
  await expect(box(page, words.before)).toBeVisible();
  await expect(box(page, "Call Mira")).toBeVisible();
  await readyForOffline(page);

  await page.context().setOffline(true);
  await page.getByRole("button", { name: `Edit “${words.before}”`, exact: true }).click();
  await page.getByRole("textbox", { name: `Title of “${words.before}”`, exact: true }).fill(words.mine);
  await page.keyboard.press("Enter");
  const details = await openDetails(page, "Call Mira");
  // No text has a bell in it.
  await details.getByRole("textbox", { name: "Notes" }).fill(`${words.refused}\u0007`);
  await details.getByRole("button", { name: "Close the details" }).click();
  const changed = await elsewhere.put(`/todos/${id}`, { data: { title: words.theirs, version } });
  expect(changed.status(), await changed.text()).toBe(200);
  await elsewhere.dispose();
  await page.context().setOffline(false);

  await expect(page.getByText("1 todo was changed in two places · 1 change was refused")).toBeVisible();
  await page.getByRole("button", { name: "Look at it" }).click();
  const dialog = page.getByRole("dialog", { name: "What do you want to keep?" });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Everything the browser refused, or that failed, from now on. */
export function watch(page: Page): string[] {
  const messages: string[] = [];
  page.on("pageerror", (error) => messages.push(error.message));
  page.on("console", (message) => {
    if (/content security policy|refused to|trusted/i.test(message.text())) messages.push(message.text());
  });
  return messages;
}

/** Another device of the same person: a browser of its own. */
export async function anotherDevice(browser: Browser, account: Account): Promise<Page> {
  const context = await browser.newContext();
  await signIn(context, account);
  return context.newPage();
}

/** The service worker is in charge: from now on, pages open without a network. */
export async function readyForOffline(page: Page): Promise<void> {
  const state = await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active && active.state !== "activated") {
      await new Promise((resolve) => active.addEventListener("statechange", resolve, { once: true }));
    }
    return active?.state;
  });
  expect(state).toBe("activated");
}

export async function add(page: Page, title: string): Promise<void> {
  await page.getByRole("textbox", { name: "New todo" }).fill(title);
  await page.keyboard.press("Enter");
  await expect(box(page, title)).toBeVisible();
}

export const box = (page: Page, title: string) =>
  page.getByRole("checkbox", { name: `Done: ${isolate(title)}`, exact: true });
export const rows = (page: Page) => page.getByRole("list", { name: "Todos" }).getByRole("listitem");
export const titles = (page: Page) =>
  page
    .getByRole("list", { name: "Todos" })
    .getByRole("checkbox")
    .evaluateAll((boxes) =>
      boxes.map((element) => (element.getAttribute("aria-label") ?? "").replace("Done: ", "")),
    );

export async function fillSignIn(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export async function askToSignOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
}

export async function signOut(page: Page): Promise<void> {
  await askToSignOut(page);
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
}
