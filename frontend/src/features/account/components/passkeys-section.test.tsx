// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { SecuritySettings } from "@/features/account/components/security-settings";
import { done, refusal } from "@/testing/answers";
import { described, none, off, on, PASSWORD, press, show } from "@/testing/settings";

vi.mock("@/components/toast", () => ({ notify: vi.fn() }));

const CODE = "Code of your authenticator app, or a recovery code";

describe("passkeys", () => {
  const key = { id: "p1", name: "Blue key", created_at: "2026-11-01T10:00:00Z", last_used_at: null };
  const list = Response.json({ items: [key], next_cursor: null });

  test("are made under a name, after the password", async () => {
    vi.stubGlobal("PublicKeyCredential", { parseCreationOptionsFromJSON: (options: object) => options });
    vi.spyOn(navigator, "credentials", "get").mockReturnValue({
      create: async () => ({ toJSON: () => ({ id: "credential" }) }),
    } as unknown as CredentialsContainer);
    const { user, asked } = show(<SecuritySettings />, {
      "GET /auth/second-factor": [
        Response.json(off),
        Response.json({ ...off, passkeys: 1, recovery_codes_left: 10 }),
        Response.json({ ...off, passkeys: 1, recovery_codes_left: 10 }),
      ],
      "GET /auth/passkeys": none,
      "POST /auth/passkeys/options": Response.json({ challenge: "AQ" }),
      "POST /auth/passkeys": Response.json(
        { ...key, id: "p2", name: "Laptop", recovery_codes: ["7k2m-x9qa-3c4d-0vwz"] },
        { status: 201 },
      ),
    });
    await user.click(await press("Add a passkey"));
    await user.clear(await screen.findByLabelText("Name"));
    await user.type(await screen.findByLabelText("Name"), "Laptop");
    await user.type(await screen.findByLabelText("Your password"), PASSWORD);
    await user.click(await press("Create the passkey"));
    expect(await screen.findByText("Laptop")).toBeDefined();
    // The first second factor brings ways back, which nobody could see later.
    expect(await screen.findByText("7k2m-x9qa-3c4d-0vwz")).toBeDefined();
    await user.click(screen.getByLabelText("I have kept them in a safe place"));
    await user.click(screen.getByRole("button", { name: "Done" }));
    expect(await screen.findByText("10 recovery codes left")).toBeDefined();
    expect(asked.filter(({ call }) => call.startsWith("POST"))).toEqual([
      { call: "POST /auth/passkeys/options", body: { password: PASSWORD } },
      { call: "POST /auth/passkeys", body: { name: "Laptop", credential: { id: "credential" } } },
    ]);
    vi.unstubAllGlobals();
  });

  test("are made and removed with a code, too, where there is an authenticator app", async () => {
    vi.stubGlobal("PublicKeyCredential", { parseCreationOptionsFromJSON: (options: object) => options });
    vi.spyOn(navigator, "credentials", "get").mockReturnValue({
      create: async () => ({ toJSON: () => ({ id: "credential" }) }),
    } as unknown as CredentialsContainer);
    const { user, asked } = show(<SecuritySettings />, {
      "GET /auth/second-factor": Response.json(on),
      "GET /auth/passkeys": list,
      "POST /auth/passkeys/options": [
        refusal(401, "second-factor-invalid"),
        Response.json({ challenge: "AQ" }),
      ],
      "POST /auth/passkeys": Response.json({ ...key, id: "p2", name: "Laptop" }, { status: 201 }),
      "POST /auth/passkeys/p1/remove": done(),
    });
    await press("Remove the app");
    await user.click(await press("Add a passkey"));
    await user.type(await screen.findByLabelText("Your password"), PASSWORD);
    await user.click(await press("Create the passkey"));
    await waitFor(() => expect(described(CODE)).toContain("Enter a code"));
    await user.type(screen.getByLabelText(CODE), "000000");
    await user.click(await press("Create the passkey"));
    await waitFor(() => expect(described(CODE)).toContain("The code is wrong"));
    await user.type(screen.getByLabelText(CODE), "123456");
    await user.click(await press("Create the passkey"));
    expect(await screen.findByText("Laptop")).toBeDefined();

    await user.click(await press("Remove Blue key"));
    await user.type(await screen.findByLabelText("Your password"), PASSWORD);
    await user.type(screen.getByLabelText(CODE), "234567");
    await user.click(await press("Remove the passkey"));
    await waitFor(() => expect(screen.queryByText("Blue key")).toBeNull());
    const proofs = asked.filter(({ call }) => /options$|remove$/.test(call)).map(({ body }) => body);
    expect(proofs).toEqual([
      { password: PASSWORD, code: "000000" },
      { password: PASSWORD, code: "123456" },
      { password: PASSWORD, code: "234567" },
    ]);
    vi.unstubAllGlobals();
  });

  test("a refused code is told also where it is not known yet that one is needed", async () => {
    const { user } = show(<SecuritySettings />, {
      "GET /auth/second-factor": refusal(503, "service-unavailable"),
      "GET /auth/passkeys": list,
      "POST /auth/passkeys/options": refusal(401, "second-factor-invalid"),
      "POST /auth/passkeys/p1/remove": refusal(401, "second-factor-invalid"),
    });
    const told = () => screen.queryAllByRole("alert").map(({ textContent }) => textContent);
    await waitFor(() => expect(told()).toHaveLength(1));
    await user.click(await press("Add a passkey"));
    await user.type(await screen.findByLabelText("Your password"), PASSWORD);
    await user.click(await press("Create the passkey"));
    await waitFor(() => expect(told()).toHaveLength(2));
    await user.click(await press("Cancel"));
    await waitFor(() => expect(told()).toHaveLength(1));
    await user.click(await press("Remove Blue key"));
    await user.type(await screen.findByLabelText("Your password"), PASSWORD);
    await user.click(await press("Remove the passkey"));
    await waitFor(() => expect(told()).toHaveLength(2));
  });

  test("are removed with the password", async () => {
    const { user } = show(<SecuritySettings />, {
      "GET /auth/second-factor": Response.json(off),
      "GET /auth/passkeys": list,
      "POST /auth/passkeys/p1/remove": done(),
    });
    await user.click(await press("Remove Blue key"));
    await user.type(await screen.findByLabelText("Your password"), PASSWORD);
    await user.click(await press("Remove the passkey"));
    expect(await screen.findByText("There are none yet.")).toBeDefined();
  });
});
