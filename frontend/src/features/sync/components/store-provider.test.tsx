// @vitest-environment happy-dom
import { act, render, screen, waitFor } from "@testing-library/react";
import { useContext } from "react";
import { expect, test } from "vitest";
import { notify } from "@/components/toast";
import { Button } from "@/components/ui/button";
import Toaster from "@/components/ui/toaster";
import { StoreProvider } from "@/features/sync/components/store-provider";
import { TodoStoreContext } from "@/hooks/todo-store";
import { keysWith } from "@/lib/storage/area";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";

function Add() {
  const store = useContext(TodoStoreContext);
  return (
    store && (
      <Button onClick={() => store.mutate({ kind: "create", patch: { title: "not sent" } })}>Add</Button>
    )
  );
}

/** Somebody whose browser has no database, and who did something without a network. */
async function working() {
  const world = createWorld({ send: async () => new Response(null, { status: 503 }) });
  world.session.adopt(answer());
  const { user, unmount } = renderIn(
    world,
    <StoreProvider>
      <Add />
    </StoreProvider>,
  );
  await user.click(await screen.findByRole("button", { name: "Add" }));
  const kept = () => keysWith(world.runtime.area, "daybook:outbox:u1:");
  return { ...world, user, unmount, kept };
}

test("what is in memory alone stays when the app around it breaks", async () => {
  const { unmount, kept } = await working();
  unmount();
  expect(kept()).toHaveLength(1);
});

test("what one person could undo is not offered to the next one", async () => {
  const { session } = await working();
  render(<Toaster />);
  act(() => void notify("message", "Added “Call Mira”", { duration: 60_000 }));
  expect(await screen.findByText("Added “Call Mira”")).toBeDefined();
  await act(() => session.signOut());
  await waitFor(() => expect(screen.queryByText("Added “Call Mira”")).toBeNull());
});

test("nothing stays when somebody signs out", async () => {
  const { session, unmount, kept, runtime } = await working();
  for (const key of kept()) runtime.area.removeItem(key);
  await act(() => session.signOut());
  await waitFor(() => expect(session.snapshot().phase).toBe("signed-out"));
  unmount();
  expect(kept()).toEqual([]);
});
