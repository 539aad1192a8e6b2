// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { RegisterForm } from "@/features/auth/components/register-form";
import { SignIn } from "@/features/auth/components/sign-in";
import type { Send } from "@/lib/api/client";
import { Unreachable } from "@/lib/api/problems";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";

const problem = (status: number, slug: string, extra: object = {}, headers: Record<string, string> = {}) =>
  Response.json({ type: `urn:problem:${slug}`, title: slug, status, ...extra }, { status, headers });

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
    await user.type(screen.getByLabelText("Password"), "correct horse battery staple");
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
    expect(screen.getByLabelText("Password")).toHaveProperty("value", "correct horse battery staple");
  });
});

describe("registering", () => {
  async function submit(response: Response, password = "correct horse battery staple") {
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
    expect(body).toEqual({ email: "ada@example.com", password: "correct horse battery staple" });
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

  test("says that there is an account already", async () => {
    await submit(problem(409, "email-taken"));
    await waitFor(() => expect(errorOf("E-mail")).toContain("There is an account"));
  });
});
