// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Button } from "@/components/ui/button";
import Toaster from "@/components/ui/toaster";
import { useReload } from "@/components/use-reload";
import { createWorld, renderIn } from "@/testing/render";

afterEach(() => vi.restoreAllMocks());

function Again() {
  const reload = useReload();
  return <Button onClick={reload}>Load again</Button>;
}

/** A page that is to be loaded again while the device has kept everything, or has not. */
async function loading(isSaved: boolean) {
  const reload = vi.spyOn(location, "reload").mockReturnValue();
  const world = createWorld();
  const saved = vi.spyOn(world.store, "saved").mockResolvedValue(isSaved);
  const { user } = renderIn(
    world,
    <>
      <Again />
      <Toaster />
    </>,
  );
  await user.click(screen.getByRole("button", { name: "Load again" }));
  await waitFor(() => expect(saved).toHaveBeenCalledOnce());
  return { user, reload };
}

test("a page whose changes are kept is loaded again", async () => {
  const { reload } = await loading(true);
  await waitFor(() => expect(reload).toHaveBeenCalledOnce());
});

test("where something is on this page only, the person decides", async () => {
  const { user, reload } = await loading(false);
  expect(await screen.findByText("Your last changes are only on this page")).toBeDefined();
  expect(reload).not.toHaveBeenCalled();
  await user.click(await screen.findByRole("button", { name: "Load it anyway" }));
  expect(reload).toHaveBeenCalledOnce();
});
