// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { PasswordSection } from "@/features/account/components/password-section";
import { SecuritySettings } from "@/features/account/components/security-settings";
import { type api, done, refusal } from "@/testing/answers";
import { described, none, off, on, PASSWORD, press, show } from "@/testing/settings";

vi.mock("@/components/toast", () => ({ notify: vi.fn() }));

describe("changing the password", () => {
  async function submit(replies: Parameters<typeof api>[0], next = "a much longer new sentence") {
    const shown = show(<PasswordSection secondFactor="none" />, replies);
    const { user } = shown;
    await user.click(await press("Change the password"));
    await user.type(await screen.findByLabelText("Current password"), PASSWORD);
    await user.type(await screen.findByLabelText("New password"), next);
    await user.click(await press("Save the password"));
    return shown;
  }

  test("closes the form, and gives the focus back to its button", async () => {
    const { asked } = await submit({ "POST /auth/password": done() });
    const trigger = await press("Change the password");
    await waitFor(() => expect(document.activeElement).toBe(trigger));
    expect(asked).toEqual([
      {
        call: "POST /auth/password",
        body: { current_password: PASSWORD, new_password: "a much longer new sentence" },
      },
    ]);
  });

  test("says at its field that the current one is wrong, and keeps the new one", async () => {
    await submit({ "POST /auth/password": refusal(403, "wrong-password") });
    await waitFor(() => expect(described("Current password")).toContain("The password is wrong"));
    expect(screen.getByLabelText("Current password")).toHaveProperty("value", "");
    expect(screen.getByLabelText("New password")).toHaveProperty("value", "a much longer new sentence");
  });

  test("shows what the server thinks of the new one", async () => {
    const errors = [{ pointer: "#/new_password", detail: "this is a commonly used password" }];
    await submit({ "POST /auth/password": refusal(422, "invalid-request", { errors }) });
    await waitFor(() => expect(described("New password")).toContain("This is a commonly used password"));
    // The bar, which thought well of it, does not contradict that; of the next one it thinks anew.
    expect(described("New password")).not.toMatch(/Good|Strong/);
    await userEvent.type(screen.getByLabelText("New password"), " and more of it");
    await waitFor(() => expect(described("New password")).toContain("Strong"));
  });

  test("asks for length, and sends nothing before", async () => {
    const { asked } = await submit({}, "Sh0rt!");
    await waitFor(() => expect(described("New password")).toContain("Use at least 15 characters"));
    expect(asked).toEqual([]);
  });

  test("may be short beside a second factor", async () => {
    const { user } = show(<PasswordSection secondFactor="on" />, { "POST /auth/password": done() });
    await user.click(await press("Change the password"));
    await user.type(await screen.findByLabelText("New password"), "Sh0rt!");
    expect(described("New password")).toContain("2 more characters to go");
    await user.type(screen.getByLabelText("Current password"), PASSWORD);
    await user.type(screen.getByLabelText("New password"), "x8");
    await user.click(await press("Save the password"));
    expect(await press("Change the password")).toBeDefined();
  });

  test("counts down when the server asks to wait", async () => {
    await submit({ "POST /auth/password": refusal(429, "too-many-attempts", {}, { "retry-after": "20" }) });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("Too many attempts");
    expect(alert.textContent).toContain("Please wait 20 seconds");
  });
});

describe("the second factor", () => {
  const codes = ["aaaa-bbbb", "cccc-dddd"];

  test("is set up with password, picture and first code; the codes stay until they are kept", async () => {
    const setup = { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/x", qr_svg: "<svg/>" };
    const { user, asked } = show(<SecuritySettings />, {
      "GET /auth/passkeys": none,
      "GET /auth/second-factor": [Response.json(off), Response.json(on)],
      "POST /auth/second-factor/totp": Response.json(setup),
      "POST /auth/second-factor/totp/confirm": [
        refusal(401, "second-factor-invalid"),
        Response.json({ recovery_codes: codes }),
      ],
    });
    await user.click(await press("Set up an authenticator app"));
    await user.type(await screen.findByLabelText("Your password"), PASSWORD);
    await user.click(await press("Continue"));

    expect(await screen.findByText("JBSW Y3DP EHPK 3PXP")).toBeDefined();
    expect(screen.getByRole("img").getAttribute("src")).toContain("data:image/svg+xml");
    await user.type(await screen.findByLabelText("Six digits"), "000 000");
    await user.click(await press("Turn it on"));
    await waitFor(() => expect(described("Six digits")).toContain("The code is wrong"));
    await user.type(await screen.findByLabelText("Six digits"), "123 456");
    await user.click(await press("Turn it on"));

    const list = await screen.findByRole("list", { name: "Recovery codes" });
    expect([...list.children].map(({ textContent }) => textContent)).toEqual(codes);
    expect(await press("Done")).toHaveProperty("disabled", true);
    await user.click(await screen.findByLabelText("I have kept them in a safe place"));
    await user.click(await press("Done"));
    expect(await screen.findByText("9 recovery codes left")).toBeDefined();
    expect(asked.filter(({ call }) => call.endsWith("confirm")).map(({ body }) => body)).toEqual([
      { code: "000000" },
      { code: "123456" },
    ]);
  });

  test("is removed with password and code only", async () => {
    const { user, asked } = show(<SecuritySettings />, {
      "GET /auth/passkeys": none,
      "GET /auth/second-factor": [Response.json(on), Response.json(off)],
      "POST /auth/second-factor/totp/remove": done(),
    });
    await user.click(await press("Remove the app"));
    const submit = await press("Remove the app");
    await user.click(submit);
    await waitFor(() => expect(described("Your password")).toContain("Enter your password"));
    await user.type(await screen.findByLabelText("Your password"), PASSWORD);
    await user.type(await screen.findByLabelText(/^Code of your/), "123456");
    await user.click(submit);
    expect(await press("Set up an authenticator app")).toBeDefined();
    expect(asked).toContainEqual({
      call: "POST /auth/second-factor/totp/remove",
      body: { password: PASSWORD, code: "123456" },
    });
  });

  test("warns when few recovery codes are left", async () => {
    show(<SecuritySettings />, {
      "GET /auth/passkeys": none,
      "GET /auth/second-factor": Response.json({ ...on, recovery_codes_left: 1 }),
    });
    expect(await screen.findByText("Few recovery codes are left.")).toBeDefined();
    expect(screen.getByText("1 recovery code left")).toBeDefined();
  });

  test("offers to try again when it cannot be loaded", async () => {
    const { user } = show(<SecuritySettings />, {
      "GET /auth/passkeys": none,
      "GET /auth/second-factor": [refusal(503, "service-unavailable"), Response.json(off)],
    });
    await user.click(await press("Try again"));
    expect(await press("Set up an authenticator app")).toBeDefined();
  });
});
