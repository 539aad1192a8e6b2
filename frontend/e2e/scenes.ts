import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";
import { beginTotp, setUpTotp, toSecondStep } from "./second-factor";
import {
  type Account,
  askToSignOut,
  box,
  openDecisions,
  openDetails,
  openTodos,
  readyForOffline,
} from "./support";

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

export const todos = [
  { title: "Renew the passport", completed: true },
  { title: "Return the books to the library", completed: true },
  {
    title: "Plan the weekend in Ghent",
    description: "Trains, a room near the canal, the museum on Saturday.",
  },
  { title: "Water the tomatoes before it gets hot", tags: ["home", "garden"], due: { date: inDays(0) } },
  { title: "Pay the rent", tags: ["home"], due: { date: inDays(-2) }, priority: "high" },
  { title: "Call Mira about Friday", priority: "low", due: { date: inDays(3) } },
  {
    title: "Send the invoice for October",
    priority: "medium",
    description: "Two days were cancelled, see mail.",
  },
  { title: "Book the night train to Vienna", priority: "high" },
];

export type Scene = readonly [name: string, open: (page: Page, account: Account) => Promise<unknown>];

export const guestScenes: readonly Scene[] = [
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

async function select(page: Page): Promise<void> {
  await openTodos(page);
  await page.getByRole("button", { name: "Select" }).click();
  await page.getByRole("checkbox", { name: "Select: Call Mira about Friday" }).check();
  await expect(page.getByRole("region", { name: "With what is selected" })).toBeVisible();
}

export const scenes: readonly Scene[] = [
  [
    "todos",
    async (page) => {
      await openTodos(page);
      await expect(box(page, "Book the night train to Vienna")).toBeVisible();
    },
  ],
  [
    "todos-details",
    async (page) => {
      await openTodos(page);
      await openDetails(page, "Send the invoice for October");
    },
  ],
  [
    "todos-calendar",
    async (page) => {
      await openTodos(page);
      const details = await openDetails(page, "Send the invoice for October");
      await details.getByRole("button", { name: /Choose (?:a|another) day/ }).click();
      await expect(details.getByRole("grid")).toBeVisible();
    },
  ],
  [
    "todos-history",
    async (page) => {
      await openTodos(page);
      const details = await openDetails(page, "Send the invoice for October");
      await details.getByRole("button", { name: "Show the history" }).click();
      await expect(
        details.getByRole("region", { name: "History" }).getByText("Added", { exact: true }),
      ).toBeVisible();
    },
  ],
  ["todos-selecting", select],
  [
    "todos-tagging",
    async (page) => {
      await select(page);
      await page.getByRole("button", { name: "Add a tag" }).click();
      await page.getByRole("textbox", { name: "Tag", exact: true }).fill("people");
    },
  ],
  ...["today", "upcoming", "done", "trash", "tag?name=home", "search?q=the"].map(
    (address): Scene => [
      `todos-${address.split("?")[0]}`,
      async (page) => {
        await page.goto(`/${address}`);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expect(page.getByText("Loading…")).toHaveCount(0);
      },
    ],
  ),
  [
    "palette",
    async (page) => {
      await openTodos(page);
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("option").first()).toBeVisible();
    },
  ],
  [
    "keys",
    async (page) => {
      await openTodos(page);
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
    },
  ],
  [
    "sync",
    async (page) => {
      await openTodos(page);
      await page.getByRole("button", { name: "Saved" }).click();
      await expect(page.getByRole("dialog", { name: "What is saved" })).toBeVisible();
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
  // Last, because what is typed is still there when the next page is opened.
  [
    "todos-quick-add",
    async (page) => {
      await openTodos(page);
      await page
        .getByRole("textbox", { name: "New todo" })
        .fill("Pay rent tomorrow 9am !high #home every month");
      await expect(page.getByRole("list", { name: "Understood" })).toBeVisible();
    },
  ],
];

export const isEmpty: Scene = [
  "todos-empty",
  async (page) => {
    await openTodos(page);
    await expect(page.getByRole("heading", { name: "A clean page" })).toBeVisible();
  },
];

/** What changes more than the page that shows it: each has a browser and an account of its own. */
export const scenesApart: readonly Scene[] = [
  [
    "todos-repeating",
    async (page) => {
      await openTodos(page);
      const details = await openDetails(page, "Pay the rent");
      await details.getByLabel("Repeats").selectOption({ label: "Every month" });
      await expect(details.getByLabel("Counted from")).toBeVisible();
      await details.getByLabel("Counted from").focus();
    },
  ],
  [
    "decisions",
    (page, account) =>
      openDecisions(page, account, {
        before: "Read",
        mine: "Read aloud",
        theirs: "Read slowly",
        refused: "She is back on Monday.",
      }),
  ],
  [
    "sign-out-question",
    async (page) => {
      await openTodos(page);
      await page.getByRole("textbox", { name: "New todo" }).fill("half a thought");
      await askToSignOut(page);
      await expect(page.getByRole("alertdialog")).toContainText("1 text that is not finished");
    },
  ],
  [
    "share",
    async (page) => {
      await page.goto("/share?title=A%20page&url=https%3A%2F%2Fexample.com%2F");
      await expect(page.getByRole("textbox", { name: "New todo" })).toHaveValue(
        "A page https://example.com/",
      );
      await expect(box(page, "Pay the rent")).toBeVisible();
    },
  ],
  [
    "sync-offline",
    async (page) => {
      await openTodos(page);
      await expect(box(page, "Pay the rent")).toBeVisible();
      await readyForOffline(page);
      await page.context().setOffline(true);
      await box(page, "Pay the rent").check();
      await page.getByRole("button", { name: /^Offline/ }).click();
      await expect(page.getByRole("dialog", { name: "What is saved" })).toContainText("1 change waits");
    },
  ],
  [
    "app-update",
    async (page) => {
      await openTodos(page);
      await readyForOffline(page);
      // The same worker from another address is a new version for the browser.
      await page.evaluate(() => navigator.serviceWorker.register("/sw.js?another").then(() => undefined));
      await expect(page.getByText("A new version of Daybook is here")).toBeVisible();
    },
  ],
  [
    "import-report",
    async (page) => {
      await page.goto("/settings/data");
      const tasks = [
        { id: 1, title: "Fix the gate", reminders: [{}] },
        { id: 2, title: "Order firewood", priority: "soon" },
      ];
      await page.getByLabel("File to import").setInputFiles({
        name: "data.json",
        mimeType: "application/json",
        buffer: Buffer.from(JSON.stringify([{ title: "Garden", tasks }])),
      });
      await expect(page.getByText("1 entry was left out")).toBeVisible();
      await expect(page.getByText("What was lost, or is not the same here and there:")).toBeVisible();
    },
  ],
  [
    "calendar-address",
    async (page) => {
      await page.goto("/settings/data");
      await page.getByRole("button", { name: "Make an address" }).click();
      await expect(page.getByText("Copy it now: it is not shown again.")).toBeVisible();
    },
  ],
  [
    "new-token",
    async (page, { password }) => {
      await page.goto("/settings/tokens");
      await page.getByRole("button", { name: "Create a token" }).click();
      await page.getByLabel("Name", { exact: true }).fill("backup script");
      await page.getByLabel("Your password").fill(password);
      await page.getByRole("button", { name: "Create the token" }).click();
      await expect(page.getByRole("heading", { name: "Copy “backup script” now" })).toBeVisible();
    },
  ],
  ["recovery-codes", beginTotp],
  [
    "second-step",
    async (page, account) => {
      await setUpTotp(page, account);
      await toSecondStep(page, account);
    },
  ],
];
