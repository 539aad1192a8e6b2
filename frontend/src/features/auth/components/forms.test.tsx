// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RegisterForm } from "@/features/auth/components/register-form";
import { SignIn } from "@/features/auth/components/sign-in";
import type { Send } from "@/lib/api/client";
import { Unreachable } from "@/lib/api/problems";
import { api, refusal as problem } from "@/testing/answers";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";

/** A browser whose person holds a passkey, or closes its question. */
function passkey(refused?: DOMException) {
  vi.stubGlobal("PublicKeyCredential", { parseRequestOptionsFromJSON: (options: object) => options });
  const get = async () => {
    if (refused) throw refused;
    return { toJSON: () => ({ id: "credential" }) };
  };
  vi.spyOn(navigator, "credentials", "get").mockReturnValue({ get } as unknown as CredentialsContainer);
}

function show(element: React.ReactElement, send: Send) {
  const world = createWorld({ send });
  return { ...world, ...renderIn(world, element) };
}

afterEach(() => vi.unstubAllGlobals());

const text = (element: HTMLElement) => element.textContent ?? "";
const errorOf = (label: string) => {
  const ids = screen.getByLabelText(label).getAttribute("aria-describedby") ?? "";
  return ids
    .split(" ")
    .map((id) => text(document.getElementById(id) ?? document.body))
    .join(" ");
};

describe("signing in", () => {
  async function submit(response: Response | Error) {
    const send = vi.fn<Send>(async () => {
      if (response instanceof Error) throw response;
      return response;
    });
    const world = createWorld({ send });
    const { user } = renderIn(world, <SignIn />);
    await user.type(screen.getByLabelText("E-mail"), "ada@example.com");
    await user.type(screen.getByLabelText("Password"), "seven teal otters juggle");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(send).toHaveBeenCalled());
    return { ...world, user, send };
  }

  test("takes the session that the server gives", async () => {
    const { session, send } = await submit(Response.json(answer()));
    await waitFor(() => expect(session.snapshot().phase).toBe("signed-in"));
    const request = send.mock.calls[0]?.[0];
    expect([request?.method, request && new URL(request.url).pathname]).toEqual(["POST", "/auth/login"]);
  });

  test("says what is missing before anything is sent", async () => {
    const send = vi.fn<Send>();
    const { user } = renderIn(createWorld({ send }), <SignIn />);
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(errorOf("E-mail")).toContain("Enter your e-mail address"));
    expect(document.activeElement).toBe(screen.getByLabelText("E-mail"));
    expect(screen.getByLabelText("Password").getAttribute("aria-invalid")).toBe("true");
    expect(send).not.toHaveBeenCalled();
  });

  test("says that one of the two is wrong, keeps the address and empties the password", async () => {
    await submit(problem(401, "invalid-credentials"));
    await waitFor(() => expect(errorOf("Password")).toContain("address or the password is wrong"));
    expect(screen.getByLabelText("E-mail")).toHaveProperty("value", "ada@example.com");
    expect(screen.getByLabelText("Password")).toHaveProperty("value", "");
    expect(document.activeElement).toBe(screen.getByLabelText("Password"));
  });

  test("says how long to wait after too many attempts", async () => {
    await submit(problem(429, "quota-exceeded", {}, { "retry-after": "40" }));
    expect(text(await screen.findByRole("alert"))).toContain("Please wait 40 seconds");
  });

  test("explains a server that cannot be reached, and keeps what was typed", async () => {
    await submit(new Unreachable());
    expect(text(await screen.findByRole("alert"))).toContain("Daybook cannot be reached");
    expect(screen.getByLabelText("Password")).toHaveProperty("value", "seven teal otters juggle");
  });
});

describe("the second factor", () => {
  const all = ["totp", "recovery_code", "passkey"];
  const credentials = { email: "ada@example.com", password: "seven teal otters juggle" };

  const toSecondStep = (...replies: Response[]) => toSecondStepOf(all, ...replies);

  async function toSecondStepOf(methods: string[], ...replies: Response[]) {
    const { send, asked } = api({
      "POST /auth/login": [problem(401, "second-factor-required", { methods }), ...replies],
      "POST /auth/login/passkey/options": Response.json({ challenge: "AQ" }),
      "POST /auth/login/passkey": Response.json(answer()),
    });
    const world = createWorld({ send });
    const { user } = renderIn(world, <SignIn />);
    await user.type(screen.getByLabelText("E-mail"), credentials.email);
    await user.type(screen.getByLabelText("Password"), credentials.password);
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await screen.findByRole("heading", { name: "One more step" });
    return { ...world, user, asked };
  }

  test("is asked for after the password; a wrong code is said at its field", async () => {
    const { session, user, asked } = await toSecondStep(
      problem(401, "second-factor-invalid"),
      Response.json(answer()),
    );
    await user.type(screen.getByLabelText("Code"), "000 000");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(errorOf("Code")).toContain("The code is wrong"));
    expect(screen.getByLabelText("Code")).toHaveProperty("value", "");
    await user.type(screen.getByLabelText("Code"), "123456");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(session.snapshot().phase).toBe("signed-in"));
    expect(asked.map(({ body }) => body)).toEqual([
      credentials,
      { ...credentials, code: "000000" },
      { ...credentials, code: "123456" },
    ]);
  });

  test("takes a recovery code instead", async () => {
    const { session, user, asked } = await toSecondStep(Response.json(answer()));
    await user.click(screen.getByRole("button", { name: "Use a recovery code instead" }));
    await user.type(screen.getByLabelText("Recovery code"), "abcd-efgh{Enter}");
    await waitFor(() => expect(session.snapshot().phase).toBe("signed-in"));
    expect(asked.at(-1)?.body).toEqual({ ...credentials, code: "abcd-efgh" });
  });

  test("takes a passkey instead", async () => {
    passkey();
    const { session, user, asked } = await toSecondStep(Response.json(answer()));
    await user.click(screen.getByRole("button", { name: "Use a passkey" }));
    await waitFor(() => expect(session.snapshot().phase).toBe("signed-in"));
    expect(asked.slice(1).map(({ body }) => body)).toEqual([
      { email: credentials.email },
      { ...credentials, passkey: { id: "credential" } },
    ]);
  });

  test("asks for the passkey first where there is no app, and for a recovery code of who asks for that", async () => {
    const { session, user, asked } = await toSecondStepOf(
      ["recovery_code", "passkey"],
      Response.json(answer()),
    );
    expect(screen.queryByLabelText("Recovery code")).toBeNull();
    expect(screen.getByRole("button", { name: "Use a passkey" })).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Use a recovery code instead" }));
    await user.type(screen.getByLabelText("Recovery code"), "abcd-efgh{Enter}");
    await waitFor(() => expect(session.snapshot().phase).toBe("signed-in"));
    expect(asked.at(-1)?.body).toEqual({ ...credentials, code: "abcd-efgh" });
  });

  test("leads back to another account", async () => {
    const { user } = await toSecondStep();
    await user.click(screen.getByRole("button", { name: "Use another account" }));
    expect(screen.getByLabelText("Password")).toHaveProperty("value", "");
  });
});

describe("a passkey alone", () => {
  test("signs in", async () => {
    passkey();
    const { send, asked } = api({
      "POST /auth/login/passkey/options": Response.json({ challenge: "AQ" }),
      "POST /auth/login/passkey": Response.json(answer()),
    });
    const { user, session } = show(<SignIn />, send);
    await user.click(screen.getByRole("button", { name: "Sign in with a passkey" }));
    await waitFor(() => expect(session.snapshot().phase).toBe("signed-in"));
    expect(asked.map(({ body }) => body)).toEqual([{}, { credential: { id: "credential" } }]);
  });

  test("that is not known says so, and speaks of no code", async () => {
    passkey();
    const { send } = api({
      "POST /auth/login/passkey/options": Response.json({ challenge: "AQ" }),
      "POST /auth/login/passkey": problem(401, "second-factor-invalid"),
    });
    const { user } = show(<SignIn />, send);
    await user.click(screen.getByRole("button", { name: "Sign in with a passkey" }));
    expect(text(await screen.findByRole("alert"))).toContain("This passkey is not known here");
  });

  test("says so when the browser's question was closed", async () => {
    passkey(new DOMException("no", "NotAllowedError"));
    const { send } = api({ "POST /auth/login/passkey/options": Response.json({ challenge: "AQ" }) });
    const { user } = show(<SignIn />, send);
    await user.click(screen.getByRole("button", { name: "Sign in with a passkey" }));
    expect(text(await screen.findByRole("alert"))).toContain("No passkey was used");
  });
});

describe("an account that waits for its address to be confirmed", () => {
  test("is told so after the right password", async () => {
    const { send } = api({ "POST /auth/login": problem(403, "email-not-verified") });
    const { user } = show(<SignIn />, send);
    await user.type(screen.getByLabelText("E-mail"), "ada@example.com");
    await user.type(screen.getByLabelText("Password"), "seven teal otters juggle{Enter}");
    expect(await screen.findByText("Your e-mail address is not confirmed yet.")).toBeDefined();
  });
});

describe("registering", () => {
  async function submit(response: Response, password = "seven teal otters juggle") {
    const send = vi.fn<Send>(async () => response);
    const world = createWorld({ send });
    const { user } = renderIn(world, <RegisterForm />);
    await user.type(screen.getByLabelText("E-mail"), "ada@example.com");
    await user.type(screen.getByLabelText("Password"), password);
    await user.click(screen.getByRole("button", { name: "Create account" }));
    return { ...world, send };
  }

  test("signs in, and sends no name that was not given", async () => {
    const { session, send } = await submit(Response.json(answer(), { status: 201 }));
    await waitFor(() => expect(session.snapshot().phase).toBe("signed-in"));
    const body = await send.mock.calls[0]?.[0].json();
    expect(body).toEqual({ email: "ada@example.com", password: "seven teal otters juggle" });
  });

  test("asks for a long password, not for special characters", async () => {
    const { send } = await submit(Response.json({}), "Sh0rt!");
    await waitFor(() => expect(errorOf("Password")).toContain("Use at least 15 characters"));
    expect(errorOf("Password")).toContain("9 more characters to go");
    expect(send).not.toHaveBeenCalled();
  });

  test("refuses the e-mail address as the password", async () => {
    await submit(Response.json({}), "Ada@example.com");
    await waitFor(() => expect(errorOf("Password")).toContain("too easy to guess"));
  });

  test("shows what the server says at the fields it is about", async () => {
    const errors = [{ pointer: "#/password", detail: "is on a list of leaked passwords" }];
    await submit(problem(422, "invalid-request", { errors }));
    await waitFor(() => expect(errorOf("Password")).toContain("Is on a list of leaked passwords"));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("leads to the mail where addresses have to be confirmed", async () => {
    const { session } = await submit(new Response(null, { status: 202 }));
    const heading = await screen.findByRole("heading", { name: "Look into your mail" });
    expect(document.activeElement).toBe(heading);
    expect(screen.getByText("ada@example.com")).toBeDefined();
    expect(session.snapshot().phase).not.toBe("signed-in");
  });

  test("says that there is an account already", async () => {
    await submit(problem(409, "email-taken"));
    await waitFor(() => expect(errorOf("E-mail")).toContain("There is an account"));
  });
});
