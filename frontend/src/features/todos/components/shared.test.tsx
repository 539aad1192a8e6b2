// @vitest-environment happy-dom
import { waitFor } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { Shared, sharedText } from "@/features/todos/components/shared";
import { visit } from "@/testing/pages";
import { createWorld, renderIn } from "@/testing/render";
import { answer } from "@/testing/sessions";

vi.mock("next/navigation", () => import("@/testing/navigation"));

describe("what another app shares", () => {
  test.each([
    ["title=A+page&url=https%3A%2F%2Fa.test%2Fx", "A page https://a.test/x"],
    ["text=Look+https%3A%2F%2Fa.test&url=https%3A%2F%2Fa.test", "Look https://a.test"],
    ["text=two%0Alines", "two lines"],
    ["", ""],
  ])("%s is %s", (query, words) => {
    expect(sharedText(new URLSearchParams(query))).toBe(words);
  });

  test("is put behind what was being written, and looked at in the inbox", async () => {
    const world = createWorld();
    world.session.adopt(answer());
    const drafts = world.runtime.local.drafts("u1");
    drafts.set({ new: "Read" });
    visit("/share?title=A+page");
    renderIn(world, <Shared />);
    await waitFor(() => expect(location.pathname).toBe("/"));
    expect(drafts.get()).toEqual({ new: "Read A page" });
  });
});
