import { screen, waitFor } from "@testing-library/react";
import { expect } from "vitest";
import Toaster from "@/components/ui/toaster";
import { Keyboard } from "@/features/todos/components/keyboard";
import { TodosPage } from "@/features/todos/components/todos-page";
import { TextContext } from "@/hooks/text";
import { german } from "@/lib/i18n/de";
import { createTranslate } from "@/lib/i18n/translate";
import type { Todo } from "@/lib/sync/types";
import { FakeServer } from "@/testing/fake-server";
import { createWorld, renderIn, type World } from "@/testing/render";
import { answer } from "@/testing/sessions";
import { anId } from "@/testing/todos";

/** Texts in German, as somebody with that language sees them. */
export const deutsch = createTranslate("de", "de-DE", german);

export const InGerman = ({ children }: { children: React.ReactNode }) => (
  <TextContext value={deutsch}>{children}</TextContext>
);

/** Goes to the address of a view, as if it had been opened there. */
export const visit = (href: string): void => history.replaceState(null, "", href);

export function worldWith(...todos: Partial<Todo>[]): World {
  const server = new FakeServer();
  server.add(...todos.map((todo, index) => ({ id: anId(index + 1), position: `a${index}`, ...todo })));
  return createWorld({ server });
}

let stop = () => {};

/** For `afterEach`. */
export const closePage = (): void => stop();

/** The page of the todos, once everything the server has is in it. */
export async function page(world: World, wrap = (element: React.ReactElement) => element) {
  world.session.adopt(answer());
  stop = world.store.start();
  const rendered = renderIn(
    world,
    wrap(
      <>
        <TodosPage />
        <Keyboard />
        <Toaster />
      </>,
    ),
  );
  await waitFor(() => expect(world.store.snapshot().complete).toBe(true));
  return { ...world, ...rendered };
}

export const field = (): HTMLElement => screen.getByRole("textbox", { name: "New todo" });

export const boxes = (): (string | null)[] =>
  screen.queryAllByRole("checkbox").map((box) => box.getAttribute("aria-label"));

export const row = (title: string): HTMLElement => screen.getByText(title).closest("li") as HTMLElement;

/** The title in its row, and its field once somebody edits it. */
export const titleButton = (title: string): Promise<HTMLElement> =>
  screen.findByRole("button", { name: `Edit “${title}”` });
export const titleField = (): HTMLElement => screen.getByRole("textbox", { name: /^Title of/ });

/** What another device does, once it is here. */
export async function elsewhere(world: World, changes: object): Promise<void> {
  world.server.change(anId(1), changes);
  await waitFor(() => expect(world.store.get(anId(1))).toMatchObject(changes));
}
