// @vitest-environment happy-dom
import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, expect, test, vi } from "vitest";
import { ForgotForm } from "@/features/auth/components/forgot-form";
import { RegisterForm } from "@/features/auth/components/register-form";
import { SignInForm } from "@/features/auth/components/sign-in-form";
import { RuntimeContext } from "@/hooks/runtime";
import type { Send } from "@/lib/api/client";
import { createWorld } from "@/testing/render";

let unmount = () => {};
afterEach(() => unmount());

/** A page as the server made it, in which somebody types before the app is there. */
async function typedEarly(form: React.ReactElement, typed: Readonly<Record<string, string>>) {
  const send = vi.fn<Send>(async () => Response.json({}));
  const page = <RuntimeContext value={createWorld({ send }).runtime}>{form}</RuntimeContext>;
  const container = document.createElement("div");
  container.innerHTML = renderToString(page);
  document.body.append(container);
  for (const [label, text] of Object.entries(typed)) {
    (screen.getByLabelText(label) as HTMLInputElement).value = text;
  }
  const root = await act(async () => hydrateRoot(container, page));
  unmount = () => act(() => root.unmount());
  for (const [label, text] of Object.entries(typed)) {
    expect(screen.getByLabelText(label)).toHaveProperty("value", text);
  }
  return { send, user: userEvent.setup({ delay: null }) };
}

const email = "ada@example.com";
const password = "seven teal otters juggle";

test.each([
  [
    "Sign in",
    <SignInForm key="sign-in" onChallenge={() => undefined} />,
    { "E-mail": email, Password: password },
  ],
  ["Create account", <RegisterForm key="register" />, { "E-mail": email, Password: password }],
  ["Send the link", <ForgotForm key="forgot" />, { "E-mail": email }],
])(
  "what a password manager fills in before the app is there is sent by “%s”",
  async (button, form, typed) => {
    const { send, user } = await typedEarly(form, typed);
    await user.click(screen.getByRole("button", { name: button }));
    await waitFor(() => expect(send).toHaveBeenCalled());
    expect(await send.mock.calls[0]?.[0]?.clone().json()).toMatchObject({ email });
  },
);
