// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Button } from "@/components/ui/button";
import { useSignOut } from "@/components/use-sign-out";
import { TodoStoreContext } from "@/hooks/todo-store";
import type { TodoStore } from "@/lib/sync/types";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";

afterEach(() => vi.restoreAllMocks());

function Leave() {
  const { signOut, question } = useSignOut();
  return (
    <>
      <Button onClick={signOut}>Leave</Button>
      {question}
    </>
  );
}

async function leaving(world = createWorld()) {
  world.session.adopt(answer());
  const stop = world.store.start();
  await waitFor(() => expect(world.store.snapshot().complete).toBe(true));
  return { ...world, stop, ...renderIn(world, <Leave />) };
}

test("somebody whose changes have been sent is signed out", async () => {
  const { user, session, stop } = await leaving();
  await user.click(screen.getByRole("button", { name: "Leave" }));
  await waitFor(() => expect(session.snapshot().phase).toBe("signed-out"));
  stop();
});

test("without a network it is said at once what would be lost", async () => {
  const { user, session, store, server, stop } = await leaving();
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  server.fail("lost request", "lost request", "lost request");
  store.mutate({ kind: "create", patch: { title: "not sent" } });
  await user.click(screen.getByRole("button", { name: "Leave" }));
  const question = await screen.findByRole("alertdialog", { name: "Sign out and lose unsent changes?" });
  expect(question.textContent).toContain("1 change that was not sent");
  await user.click(screen.getByRole("button", { name: "Stay signed in" }));
  expect(session.snapshot().phase).toBe("signed-in");
  stop();
});

test("what was begun to be written, in whichever tab, is asked about", async () => {
  const { user, session, runtime, stop } = await leaving();
  runtime.local
    .drafts("u1")
    .set({ new: "half a thought", "title:t1": "half an edit", "base:title:t1": "one" });
  await user.click(screen.getByRole("button", { name: "Leave" }));
  const name = "Sign out and lose what you have begun to write?";
  const question = await screen.findByRole("alertdialog", { name });
  expect(question.textContent).toContain("2 texts that are not finished");
  expect(session.snapshot().phase).toBe("signed-in");
  await user.click(screen.getByRole("button", { name: "Sign out anyway" }));
  await waitFor(() => expect(session.snapshot().phase).toBe("signed-out"));
  stop();
});

const unread = "Sign out without looking at this device?";

test.each([true, false])(
  "nobody is signed out before this device was read (with a network: %s)",
  async (online) => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(online);
    const world = createWorld({ open: () => new Promise(() => undefined) });
    world.session.adopt(answer());
    const stop = world.store.start();
    const { user } = renderIn(world, <Leave />);
    await user.click(screen.getByRole("button", { name: "Leave" }));
    const question = await screen.findByRole("alertdialog", { name: unread });
    expect(question.textContent).toContain("Daybook has not read yet what this device keeps");
    expect(world.session.snapshot().phase).toBe("signed-in");
    stop();
  },
);

const Later = ({ store }: { store: TodoStore | undefined }) => (
  <TodoStoreContext value={store}>
    <Leave />
  </TodoStoreContext>
);

test("who is faster than the store waits for it", async () => {
  const world = createWorld();
  world.session.adopt(answer());
  const { user, rerender } = renderIn(world, <Later store={undefined} />);
  await user.click(screen.getByRole("button", { name: "Leave" }));
  expect(world.session.snapshot().phase).toBe("signed-in");
  const stop = world.store.start();
  rerender(<Later store={world.store} />);
  await waitFor(() => expect(world.session.snapshot().phase).toBe("signed-out"));
  stop();
});

test("where the store never comes, that is asked about", async () => {
  const world = createWorld();
  world.session.adopt(answer());
  const { user } = renderIn(world, <Later store={undefined} />);
  await user.click(screen.getByRole("button", { name: "Leave" }));
  expect(await screen.findByRole("alertdialog", { name: unread })).toBeDefined();
});
