import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type BrowserContext, expect, type Page } from "@playwright/test";
import { type Account, API, APP, box, givenTodos, openTodos, programOf, test } from "./support";

/**
 * Where the attacker's pages are. Of `localhost` only the port is another one than the app's: for cookies that is the
 * same site, `SameSite` protects nothing there, and what is left is what the server looks at. The other one is foreign.
 */
const HOSTS = ["localhost", "127.0.0.1"] as const;

/** A page without its address sends `Origin: null`, as do others that would rather not be known. */
const REFERRERS = ["strict-origin-when-cross-origin", "no-referrer"] as const;

const COOKIE_CALLS = ["/auth/refresh", "/auth/logout"] as const;

/** Each page is empty: what it does is done by the test, in it. `/nameless` hides where it comes from. */
let server: Server;
let port: number;

test.beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader("referrer-policy", REFERRERS[request.url === "/nameless" ? 1 : 0]);
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end("<!doctype html><title>You have won</title><p>Look at this kitten.</p>");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  port = (server.address() as AddressInfo).port;
});

test.afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

/** Runs in a page: every way to ask the API in the name of whoever is looking at it, and what the page sees of it. */
async function askTheApi(api: string): Promise<Record<string, string>> {
  const call = (path: string, init: RequestInit) =>
    fetch(api + path, { credentials: "include", ...init }).then(
      // What is opaque can be sent, and nothing of the answer be seen.
      (answer) => (answer.type === "opaque" ? "hidden" : `${answer.status}`),
      () => "refused",
    );
  const load = (name: "img" | "script", path: string) =>
    new Promise<string>((resolve) => {
      const element = document.createElement(name);
      element.onload = () => resolve("shown");
      element.onerror = () => resolve("refused");
      element.src = api + path;
      document.documentElement.append(element);
    });
  const listen = () =>
    new Promise<string>((resolve) => {
      const source = new EventSource(`${api}/sync/stream`, { withCredentials: true });
      const end = (seen: string) => {
        source.close();
        resolve(seen);
      };
      source.onopen = () => end("open");
      source.onerror = () => end("refused");
    });

  const plain = { method: "POST", body: "{}", headers: { "content-type": "text/plain" } };
  const json = { ...plain, headers: { "content-type": "application/json" } };
  const seen: Record<string, string> = {};
  for (const path of ["/auth/logout", "/auth/refresh"]) {
    seen[`text to ${path}`] = await call(path, plain);
    seen[`unseen text to ${path}`] = await call(path, { ...plain, mode: "no-cors" });
  }
  for (const path of ["/todos", "/auth/sessions", "/sync/changes", "/sync/stream"]) {
    seen[`fetch of ${path}`] = await call(path, {});
    seen[`image of ${path}`] = await load("img", path);
  }
  seen["image of /auth/logout"] = await load("img", "/auth/logout");
  seen["script of /todos"] = await load("script", "/todos");
  seen["events of /sync/stream"] = await listen();
  seen["JSON to /auth/refresh"] = await call("/auth/refresh", json);
  seen["JSON to /auth/logout"] = await call("/auth/logout", json);
  return seen;
}

/** A form that nobody sees and nobody presses. Answers the status that the API gave to it. */
async function submitHiddenForm(page: Page, path: string): Promise<number> {
  const answered = page.waitForResponse(API + path);
  await page.evaluate((action) => {
    const form = document.createElement("form");
    // As text, the one field of a form can be spelled so that the whole is JSON.
    Object.assign(form, { method: "post", action, enctype: "text/plain", hidden: true });
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: '{"a":"', value: '"}' });
    form.append(field);
    document.body.append(form);
    form.submit();
  }, API + path);
  const status = (await answered).status();
  // It is shown what came: until then the page is on its way.
  await page.waitForURL(API + path);
  return status;
}

/** The address of what is shown in a frame that is to show another page. */
async function frameOf(page: Page, address: string): Promise<string | undefined> {
  await page.evaluate(
    (src) =>
      new Promise<void>((loaded) => {
        const frame = document.createElement("iframe");
        // It is loaded as well when what it shows is that there is nothing to see.
        frame.onload = () => loaded();
        frame.src = src;
        document.body.append(frame);
      }),
    address,
  );
  return page.mainFrame().childFrames().at(-1)?.url();
}

/** All that a foreign page could have changed. */
async function everything(context: BrowserContext, account: Account) {
  const program = await programOf(account);
  const todos = await (await program.get("/todos?limit=200")).json();
  const { items } = await (await program.get("/auth/sessions?limit=100")).json();
  const sessions = items as { id: string; current: boolean; last_used_at: string }[];
  // The session of these questions themselves goes with them.
  const own = sessions.find(({ current }) => current);
  expect((await program.delete(`/auth/sessions/${own?.id}`)).status()).toBe(204);
  await program.dispose();
  return { cookies: await context.cookies(), sessions: sessions.filter((each) => each !== own), todos };
}

test("pages of other origins change nothing and see nothing", { tag: ["@quick", "@P24"] }, async ({
  page,
  context,
  account,
}) => {
  await givenTodos(context, account, [{ title: "Nobody else's" }]);
  const before = await everything(context, account);
  expect(before.cookies.map(({ name }) => name)).toContainEqual(expect.stringContaining("refresh"));
  expect(before.sessions.length).toBeGreaterThan(0);

  for (const host of HOSTS) {
    // Below the path of the cookie, should a script be able to see it.
    await page.goto(`http://${host}:${port}/auth/`);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    const seen = await page.evaluate(askTheApi, API);
    for (const [attempt, outcome] of Object.entries(seen)) {
      expect(outcome, `${attempt} by ${host}`).toBe(attempt.startsWith("unseen") ? "hidden" : "refused");
    }
    expect(await frameOf(page, `${APP}/`), `a frame of ${host}`).toMatch(/^chrome-error:/);
    for (const path of ["/", "/nameless"]) {
      for (const call of COOKIE_CALLS) {
        await page.goto(`http://${host}:${port}${path}`);
        expect(await submitHiddenForm(page, call), `${call} from ${path} of ${host}`).toBe(403);
      }
    }
  }

  expect(await everything(context, account)).toEqual(before);
  await openTodos(page);
  await expect(box(page, "Nobody else's")).toBeVisible();
});

test("the same calls of the app's own origin are answered, and frames show what may be framed", {
  tag: ["@quick", "@P24"],
}, async ({ page, context, account }) => {
  const own = `http://${HOSTS[0]}:${port}`;
  await page.goto(own);
  expect(await frameOf(page, `${own}/framed`)).toBe(`${own}/framed`);

  const before = await everything(context, account);
  // Of the app's origin, and without anything of the app in it, which would make calls of its own.
  await page.goto("/config.json");
  const seen = await page.evaluate(askTheApi, API);
  expect(seen).toMatchObject({
    // A form could have sent it, so it is refused; but who it belongs to may read that.
    "text to /auth/refresh": "415",
    "text to /auth/logout": "415",
    "fetch of /todos": "401",
    "fetch of /sync/stream": "401",
    "JSON to /auth/refresh": "200",
    "JSON to /auth/logout": "204",
  });
  const after = await everything(context, account);
  expect(after.cookies).not.toEqual(before.cookies);
  expect(after.sessions).toEqual([]);
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in$/);
});
