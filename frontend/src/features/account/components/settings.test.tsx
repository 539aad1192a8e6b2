// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { ActivitySection } from "@/features/account/components/activity-section";
import { DeleteSection } from "@/features/account/components/delete-section";
import { DevicesSection } from "@/features/account/components/devices-section";
import { ExportSection } from "@/features/account/components/export-section";
import { ProfileSection } from "@/features/account/components/profile-section";
import { TokensSection } from "@/features/account/components/tokens-section";
import { DELETE_WORD } from "@/features/account/delete-word";
import { german } from "@/lib/i18n/de";
import { saveFile } from "@/lib/save-file";
import { api, done, refusal } from "@/testing/answers";
import { unguarded } from "@/testing/directions";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";

vi.mock("@/components/toast", () => ({ notify: vi.fn() }));
vi.mock("@/lib/save-file", () => ({ saveFile: vi.fn() }));

const PASSWORD = "seven teal otters juggle";
const AT = "2026-11-01T10:00:00Z";
const page = (...items: object[]) => Response.json({ items, next_cursor: null });
const press = (name: string) => screen.findByRole("button", { name });

function show(element: React.ReactElement, replies: Parameters<typeof api>[0]) {
  const { send, asked } = api(replies);
  const world = createWorld({ send });
  world.session.adopt(answer());
  return { ...renderIn(world, element), ...world, asked };
}

describe("the profile", () => {
  test("a new name is known to the whole app at once", async () => {
    const { user: typist, session } = show(<ProfileSection />, {
      "GET /auth/me": Response.json(answer().user),
      "PATCH /auth/me": (body) => Response.json({ ...answer().user, ...(body as object) }),
    });
    expect(await press("Save the name")).toHaveProperty("disabled", true);
    await typist.clear(await screen.findByLabelText("Name"));
    await typist.type(await screen.findByLabelText("Name"), "Countess");
    await typist.click(await press("Save the name"));
    await waitFor(() => expect(session.snapshot().user?.display_name).toBe("Countess"));
  });

  test("an address that is not confirmed can be mailed again", async () => {
    const { user, asked } = show(<ProfileSection />, {
      "GET /auth/me": Response.json(answer().user),
      "POST /auth/email/verification": done(202),
    });
    await user.click(await press("Send the mail again"));
    await waitFor(() => expect(asked.at(-1)?.call).toBe("POST /auth/email/verification"));
  });
});

test("names that are written from right to left keep their direction", async () => {
  const times = { created_at: AT, last_used_at: AT };
  const token = { id: "t1", name: "סקריפט (1)", scopes: ["todos:read"], expires_at: AT, ...times };
  const device = { id: "s2", current: false, device: "הטלפון", address: null, ...times };
  const entry = { id: "1", kind: "passkey.added", at: AT, address: "192.0.2.7", device: "הטלפון" };
  show(
    <>
      <DevicesSection />
      <TokensSection />
      <ActivitySection />
    </>,
    {
      "GET /auth/sessions": page(device),
      "GET /auth/tokens": page(token),
      "GET /auth/audit": page({ ...entry, details: { name: "מפתח" } }),
    },
  );
  await screen.findByText(token.name);
  await screen.findByText(/מפתח/);
  await screen.findByText(device.device);
  expect(unguarded()).toEqual([]);
});

describe("devices", () => {
  const device = { address: "192.0.2.7", created_at: AT, last_used_at: AT };
  const devices = () =>
    page(
      { ...device, id: "s2", current: false, device: "Safari on iPhone" },
      { ...device, id: "s1", current: true, device: "Firefox on Linux" },
    );

  test("this one is first, marked, and cannot be ended here", async () => {
    const warned = vi.spyOn(console, "error");
    show(<DevicesSection />, { "GET /auth/sessions": devices() });
    const [first, second] = await screen.findAllByRole("listitem");
    expect(first?.textContent).toContain("This device");
    expect(within(first as HTMLElement).queryByRole("button")).toBeNull();
    expect(second?.textContent).toContain("from 192.0.2.7");
    expect(warned).not.toHaveBeenCalled();
  });

  test("one is ended after a question", async () => {
    const { user, asked } = show(<DevicesSection />, {
      "GET /auth/sessions": devices(),
      "DELETE /auth/sessions/s2": done(),
    });
    await user.click(await press("Sign out Safari on iPhone"));
    await user.click(await press("Sign it out"));
    await waitFor(() => expect(screen.queryByText("Safari on iPhone")).toBeNull());
    expect(asked.at(-1)?.call).toBe("DELETE /auth/sessions/s2");
  });

  test("one that was ended elsewhere in the meantime is simply gone", async () => {
    const { user } = show(<DevicesSection />, {
      "GET /auth/sessions": devices(),
      "DELETE /auth/sessions/s2": refusal(404, "session-not-found"),
    });
    await user.click(await press("Sign out Safari on iPhone"));
    await user.click(await press("Sign it out"));
    await waitFor(() => expect(screen.queryByText("Safari on iPhone")).toBeNull());
  });

  test("all others are ended together; a failure is said and nothing disappears", async () => {
    const { user } = show(<DevicesSection />, {
      "GET /auth/sessions": devices(),
      "DELETE /auth/sessions": [refusal(503, "service-unavailable"), done()],
    });
    for (const left of ["Safari on iPhone", undefined]) {
      await user.click(await press("Sign out all other devices"));
      await user.click(await press("Sign them out"));
      if (left) expect((await screen.findByRole("alert")).textContent).toContain("The server is busy");
      await waitFor(() => expect(screen.queryByText("Safari on iPhone") !== null).toBe(left !== undefined));
    }
  });
});

describe("API tokens", () => {
  test("are shown once, with what they may and how long", async () => {
    const created = { id: "t1", name: "backup", scopes: ["todos:read"], created_at: AT, last_used_at: null };
    const { user, asked } = show(<TokensSection />, {
      "GET /auth/tokens": page(),
      "POST /auth/tokens": Response.json(
        { ...created, expires_at: "2099-01-01T00:00:00Z", token: "daybook_secret" },
        { status: 201 },
      ),
    });
    await user.click(await press("Create a token"));
    await user.type(await screen.findByLabelText("Name"), "backup");
    await user.selectOptions(await screen.findByLabelText("Ends after"), "90");
    await user.type(await screen.findByLabelText("Your password"), PASSWORD);
    await user.click(await press("Create the token"));
    expect(await screen.findByText("daybook_secret")).toBeDefined();
    expect(asked.at(-1)?.body).toEqual({
      name: "backup",
      scopes: ["todos:read"],
      expires_in_days: 90,
      password: PASSWORD,
    });
    await user.click(await press("I have copied it"));
    expect(screen.queryByText("daybook_secret")).toBeNull();
    expect(screen.getByText("Read only")).toBeDefined();
  });

  test("one that may do nothing is not made", async () => {
    const { user, asked } = show(<TokensSection />, { "GET /auth/tokens": page() });
    await user.click(await press("Create a token"));
    await user.click(await screen.findByLabelText("Read todos"));
    await user.click(await press("Create the token"));
    expect(await screen.findByText("Allow it something")).toBeDefined();
    expect(asked).toHaveLength(1);
  });
});

describe("the security log", () => {
  test("goes on page by page", async () => {
    const entry = (id: string, kind: string) => ({
      id,
      kind,
      at: AT,
      device: null,
      address: null,
      details: {},
    });
    const { user } = show(<ActivitySection />, {
      "GET /auth/audit": [
        Response.json({ items: [entry("a2", "session.started")], next_cursor: "a2" }),
        Response.json({ items: [entry("a1", "account.opened")], next_cursor: null }),
      ],
    });
    await user.click(await press("Show older entries"));
    expect(await screen.findByText("Account created")).toBeDefined();
    expect(screen.getByText("Signed in")).toBeDefined();
    expect(screen.queryByRole("button", { name: "Show older entries" })).toBeNull();
  });
});

describe("the export", () => {
  test("has what both services keep, in one file", async () => {
    const saved = vi.mocked(saveFile);
    const { user } = show(<ExportSection />, {
      "GET /auth/export": Response.json({ user: { email: "ada@example.com" } }),
      "GET /todos": [
        Response.json({ items: [{ id: "2" }], next_cursor: "c" }),
        Response.json({ items: [{ id: "1" }], next_cursor: null }),
      ],
    });
    await user.click(await press("Download"));
    await waitFor(() => expect(saved).toHaveBeenCalled());
    const [name, content] = saved.mock.calls[0] ?? [];
    expect(name).toMatch(/^daybook-\d{4}-\d\d-\d\d\.json$/);
    expect(JSON.parse((await content?.text()) ?? "")).toEqual({
      account: { user: { email: "ada@example.com" } },
      todos: [{ id: "2" }, { id: "1" }],
    });
  });
});

describe("deleting the account", () => {
  async function open(replies: Parameters<typeof api>[0], totp = false) {
    const factor = Response.json({ totp, recovery_codes_left: 0, passkeys: 0 });
    const shown = show(<DeleteSection />, { "GET /auth/second-factor": factor, ...replies });
    await shown.user.click(await press("Delete my account…"));
    await shown.user.type(await screen.findByLabelText("Your password"), PASSWORD);
    return shown;
  }

  test("needs the word, then signs out everywhere here", async () => {
    const { user, asked, session } = await open({ "DELETE /auth/me": done() });
    await user.click(await press("Delete everything"));
    expect(await screen.findByText("Type “delete”")).toBeDefined();
    expect(asked).toHaveLength(1);
    await user.type(await screen.findByLabelText("Type “delete” to go on"), "Delete");
    await user.click(await press("Delete everything"));
    await waitFor(() => expect(session.snapshot()).toMatchObject({ phase: "signed-out", reason: "deleted" }));
    expect(asked.at(-1)).toEqual({ call: "DELETE /auth/me", body: { password: PASSWORD } });
  });

  test("takes the word of another language", async () => {
    const { user, session } = await open({ "DELETE /auth/me": done() });
    const word = german[DELETE_WORD];
    await user.type(await screen.findByLabelText("Type “delete” to go on"), word.toUpperCase());
    await user.click(await press("Delete everything"));
    await waitFor(() => expect(session.snapshot()).toMatchObject({ phase: "signed-out", reason: "deleted" }));
  });

  test("needs a code where there is a second factor", async () => {
    const { user, asked } = await open({ "DELETE /auth/me": done() }, true);
    await user.type(await screen.findByLabelText(/^Code of your/), "123456");
    await user.type(await screen.findByLabelText("Type “delete” to go on"), "delete");
    await user.click(await press("Delete everything"));
    await waitFor(() => expect(asked.at(-1)?.body).toEqual({ password: PASSWORD, code: "123456" }));
  });
});
