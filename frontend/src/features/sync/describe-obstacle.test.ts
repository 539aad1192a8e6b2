import { expect, describe as suite, test } from "vitest";
import { describe } from "@/features/sync/describe-obstacle";
import { createOperation, deleteOperation, updateOperation } from "@/lib/sync/operations";
import type { Obstacle, Queued } from "@/lib/sync/types";
import { aTodo } from "@/testing/todos";

const seen = aTodo({ title: "Buy milk" });
const met = (queued: Queued | undefined, obstacle: Obstacle) => describe({ ...(queued as Queued), obstacle });

suite("describe", () => {
  test("shows both values of a clash", () => {
    const stored = aTodo({ title: "Buy cheese" });
    const text = met(updateOperation(seen, { title: "Buy oat milk" }), {
      type: "clash",
      stored,
      fields: ["title"],
    });
    expect(text).toEqual({
      title: "“Buy milk” was changed elsewhere",
      description: "It is now “Buy cheese”. Yours: “Buy oat milk”.",
      mine: "Apply mine",
      theirs: "Keep theirs",
    });
  });

  test("has words for every field", () => {
    const patch = {
      completed: true,
      priority: "high" as const,
      tags: ["home"],
      due: { date: "2026-11-22" },
      description: "x".repeat(200),
    };
    const { description } = met(updateOperation(seen, patch), { type: "gone" });
    expect(description).toContain("done, high priority, due 2026-11-22, #home");
    expect(description.length).toBeLessThan(200);
  });

  test("says why a deletion was not done", () => {
    const text = met(deleteOperation(seen), { type: "clash", stored: seen, fields: ["title"] });
    expect(text.mine).toBe("Delete anyway");
  });

  test("gives the server's reasons", () => {
    const errors = [{ pointer: "#/title", detail: "must be shorter" }];
    const text = met(createOperation("1", { title: "new" }), { type: "refused", title: "Invalid", errors });
    expect(text).toMatchObject({
      title: "“new” could not be saved",
      description: "Invalid: must be shorter",
    });
  });
});
