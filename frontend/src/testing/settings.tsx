import { screen } from "@testing-library/react";
import { api } from "@/testing/answers";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";

export const PASSWORD = "seven teal otters juggle";

/** A part of the settings of somebody who is signed in. */
export function show(element: React.ReactElement, replies: Parameters<typeof api>[0]) {
  const { send, asked } = api(replies);
  const world = createWorld({ send });
  world.session.adopt(answer());
  return { ...renderIn(world, element), asked };
}

/** What the account has beside the password. */
export const off = { totp: false, recovery_codes_left: 0, passkeys: 0 };
export const on = { totp: true, recovery_codes_left: 9, passkeys: 0 };
export const none = Response.json({ items: [], next_cursor: null });

export const described = (label: string): string => {
  const ids = screen.getByLabelText(label).getAttribute("aria-describedby") ?? "";
  return ids
    .split(" ")
    .map((id) => document.getElementById(id)?.textContent)
    .join(" ");
};
export const press = (name: string): Promise<HTMLElement> => screen.findByRole("button", { name });
