// @vitest-environment happy-dom
import { act, screen } from "@testing-library/react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { GuestGate } from "@/features/auth/components/guest-gate";
import { SessionGate } from "@/features/auth/components/session-gate";
import { memoryArea } from "@/lib/storage/area";
import { createLocal } from "@/lib/storage/local";
import { createWorld, renderIn, type World } from "@/testing/render";
import { answer, person } from "@/testing/sessions";

const replace = vi.hoisted(() => vi.fn());
const location = vi.hoisted(() => ({ pathname: "/" }));
vi.mock("next/navigation", () => ({
  useRouter: () => ({ replace }),
  usePathname: () => location.pathname,
}));

beforeEach(() => {
  replace.mockReset();
  location.pathname = "/";
});

const inside = (world: World) =>
  renderIn(world, <SessionGate placeholder={<p>shape</p>}>content</SessionGate>);

describe("SessionGate", () => {
  test("shows its content to somebody who is signed in", () => {
    const world = createWorld();
    world.session.adopt(answer());
    inside(world);
    expect(screen.getByText("content")).toBeDefined();
    expect(replace).not.toHaveBeenCalled();
  });

  test("shows it at once to somebody who was here before", () => {
    const area = memoryArea();
    createLocal(area).session.set({ state: "in", user: person });
    inside(createWorld({ area }));
    expect(screen.getByText("content")).toBeDefined();
  });

  test("leads a stranger to the sign-in page, and back afterwards", async () => {
    location.pathname = "/settings";
    const world = createWorld();
    vi.spyOn(world.session, "snapshot").mockReturnValue({
      phase: "signed-out",
      user: null,
      reason: "absent",
    });
    inside(world);
    expect(replace).toHaveBeenCalledWith("/sign-in?next=%2Fsettings");
  });

  test("lets somebody who has signed out start afresh", async () => {
    location.pathname = "/settings";
    const world = createWorld();
    world.session.adopt(answer());
    inside(world);
    await act(() => world.session.signOut());
    expect(replace).toHaveBeenCalledWith("/sign-in");
  });

  test("does not lead back to the settings of an account that is deleted", async () => {
    location.pathname = "/settings/data";
    const world = createWorld();
    world.session.adopt(answer());
    inside(world);
    await act(() => world.session.signOut("deleted"));
    expect(replace).toHaveBeenCalledWith("/sign-in");
  });

  test("says so when nobody can tell who is here", () => {
    const world = createWorld();
    vi.spyOn(world.session, "snapshot").mockReturnValue({
      phase: "unreachable",
      user: null,
      error: new Error("x"),
    });
    inside(world);
    expect(screen.getByRole("button", { name: "Try again" })).toBeDefined();
  });
});

describe("GuestGate", () => {
  test("shows the form to a stranger", () => {
    renderIn(createWorld(), <GuestGate>form</GuestGate>);
    expect(screen.getByText("form")).toBeDefined();
  });

  test("leads somebody who is signed in to the app", () => {
    const world = createWorld();
    world.session.adopt(answer());
    renderIn(world, <GuestGate>form</GuestGate>);
    expect(screen.queryByText("form")).toBeNull();
    expect(replace).toHaveBeenCalledWith("/");
  });
});
