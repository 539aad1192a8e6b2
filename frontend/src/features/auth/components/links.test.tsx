// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { ForgotForm } from "@/features/auth/components/forgot-form";
import { ResetForm } from "@/features/auth/components/reset-form";
import { VerifyEmail } from "@/features/auth/components/verify-email";
import { api, done, refusal } from "@/testing/answers";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";

function show(element: React.ReactElement, replies: Parameters<typeof api>[0]) {
  const { send, asked } = api(replies);
  return { ...renderIn(createWorld({ send }), element), asked };
}

beforeEach(() => {
  location.hash = "";
});

describe("a forgotten password", () => {
  test("is answered in the same words for every address", async () => {
    const { user, asked } = show(<ForgotForm />, { "POST /auth/password/forgot": done(202) });
    await user.type(screen.getByLabelText("E-mail"), "ada@example.com{Enter}");
    expect(await screen.findByRole("heading", { name: "Look into your mail" })).toBeDefined();
    expect(screen.getByText("ada@example.com")).toBeDefined();
    expect(asked).toEqual([{ call: "POST /auth/password/forgot", body: { email: "ada@example.com" } }]);
  });
});

describe("the link to a new password", () => {
  async function submit(replies: Parameters<typeof api>[0]) {
    location.hash = "#token=from-the-mail";
    const shown = show(<ResetForm />, replies);
    await shown.user.type(await screen.findByLabelText("New password"), "a much longer new sentence{Enter}");
    return shown;
  }

  test("gives its token to the API, and leaves the address bar", async () => {
    const { asked } = await submit({ "POST /auth/password/reset": done() });
    expect(await screen.findByRole("heading", { name: "Your password is changed" })).toBeDefined();
    expect(asked[0]?.body).toEqual({ token: "from-the-mail", new_password: "a much longer new sentence" });
    expect(location.href).not.toContain("from-the-mail");
  });

  test("that is too old leads to a new one", async () => {
    await submit({ "POST /auth/password/reset": refusal(410, "link-expired") });
    expect(await screen.findByRole("link", { name: "Ask for a new link" })).toBeDefined();
  });

  test("stays good when the password is refused", async () => {
    const errors = [{ pointer: "#/new_password", detail: "this is a commonly used password" }];
    await submit({ "POST /auth/password/reset": refusal(422, "invalid-request", { errors }) });
    expect(await screen.findByText("This is a commonly used password")).toBeDefined();
    expect(screen.getByLabelText("New password")).toHaveProperty("value", "a much longer new sentence");
  });

  test("without a token is no link", async () => {
    show(<ResetForm />, {});
    expect(await screen.findByRole("heading", { name: "This link does not work" })).toBeDefined();
  });
});

describe("the link that confirms an address", () => {
  function open(replies: Parameters<typeof api>[0], phase: "signed-in" | "signed-out") {
    location.hash = "#token=from-the-mail";
    const { send, asked } = api(replies);
    const world = createWorld({ send });
    world.session.adopt(answer());
    if (phase === "signed-out") void world.session.signOut();
    return { ...renderIn(world, <VerifyEmail />), asked };
  }
  const needed = { errors: [{ pointer: "#/password", detail: "The account's password is needed here" }] };

  test("does nothing before somebody presses", async () => {
    const { user, asked } = open({ "POST /auth/email/verify": done() }, "signed-in");
    const confirm = await screen.findByRole("button", { name: "Confirm" });
    expect(asked).toEqual([]);
    await user.click(confirm);
    expect(await screen.findByRole("heading", { name: "Your address is confirmed" })).toBeDefined();
    expect(asked).toEqual([{ call: "POST /auth/email/verify", body: { token: "from-the-mail" } }]);
  });

  test("can be pressed again when the server was busy, and not when it is over", async () => {
    const { user } = open(
      {
        "POST /auth/email/verify": [refusal(503, "service-unavailable"), refusal(410, "link-expired")],
      },
      "signed-in",
    );
    await user.click(await screen.findByRole("button", { name: "Confirm" }));
    expect((await screen.findByRole("alert")).textContent).toContain("The server is busy");
    await user.click(screen.getByRole("button", { name: "Confirm" }));
    await waitFor(() => expect(screen.getByRole("heading").textContent).toBe("This link does not work"));
  });

  test("asks who is not signed in for the password", async () => {
    const { user, asked } = open(
      { "POST /auth/email/verify": [refusal(403, "wrong-password"), done()] },
      "signed-out",
    );
    await user.type(await screen.findByLabelText("Password"), "not the one{Enter}");
    expect(await screen.findByText("The password is wrong")).toBeDefined();
    await user.type(screen.getByLabelText("Password"), "seven teal otters juggle{Enter}");
    expect(await screen.findByRole("heading", { name: "Your address is confirmed" })).toBeDefined();
    expect(asked.at(-1)?.body).toEqual({ token: "from-the-mail", password: "seven teal otters juggle" });
  });

  test("asks who is signed in to another account for the password of this one", async () => {
    const replies = { "POST /auth/email/verify": [refusal(422, "invalid-request", needed), done()] };
    const { user } = open(replies, "signed-in");
    await user.click(await screen.findByRole("button", { name: "Confirm" }));
    await user.type(await screen.findByLabelText("Password"), "seven teal otters juggle{Enter}");
    expect(await screen.findByRole("heading", { name: "Your address is confirmed" })).toBeDefined();
  });

  test("is over for who gives a password, too", async () => {
    const { user } = open({ "POST /auth/email/verify": refusal(410, "link-expired") }, "signed-out");
    await user.type(await screen.findByLabelText("Password"), "seven teal otters juggle{Enter}");
    expect(await screen.findByRole("heading", { name: "This link does not work" })).toBeDefined();
  });
});
