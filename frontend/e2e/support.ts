import { randomUUID } from "node:crypto";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";

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

/** What the server has, newest first. */
export async function storedTodos(context: BrowserContext, account: Account) {
  const headers = { authorization: `Bearer ${await signIn(context, account)}` };
  const response = await context.request.get(`${API}/todos?limit=200`, { headers });
  const { items } = (await response.json()) as {
    items: { title: string; completed: boolean; description: string }[];
  };
  return items;
}

/** The todo page, usable. */
export async function openTodos(page: Page): Promise<void> {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Todos", level: 1 })).toBeVisible();
  await expect(page.getByText("Loading…")).toHaveCount(0);
}

export async function add(page: Page, title: string): Promise<void> {
  await page.getByRole("textbox", { name: "New todo" }).fill(title);
  await page.keyboard.press("Enter");
  await expect(box(page, title)).toBeVisible();
}

export const box = (page: Page, title: string) =>
  page.getByRole("checkbox", { name: `Done: ${title}`, exact: true });
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
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
}
