// @vitest-environment happy-dom
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { BottomBar } from "@/features/todos/components/bottom-bar";
import { today } from "@/lib/sync/days";
import { closePage, page, visit, worldWith } from "@/testing/pages";

vi.mock("next/navigation", () => import("@/testing/navigation"));

afterEach(closePage);

test("a view is called by its name first, then it is said that something in it is late", async () => {
  visit("/");
  await page(worldWith({ title: "late", due: { date: today(-2) } }), () => <BottomBar />);
  expect((await screen.findByRole("link", { name: /some overdue/ })).textContent).toBe("Today, some overdue");
});
