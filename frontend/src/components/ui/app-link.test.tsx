// @vitest-environment happy-dom
import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { AppLink } from "@/components/ui/app-link";

vi.mock("next/link", () => ({
  default: ({ prefetch, ...rest }: { prefetch?: boolean }) => <a {...rest} data-prefetch={`${prefetch}`} />,
}));

afterEach(() => vi.restoreAllMocks());

test("a page is asked for before its link is pressed, but not without a network", () => {
  const onLine = vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
  render(<AppLink href="/">Todos</AppLink>);
  const { dataset } = screen.getByText("Todos");
  expect(dataset.prefetch).toBe("undefined");
  onLine.mockReturnValue(false);
  act(() => void globalThis.dispatchEvent(new Event("offline")));
  expect(dataset.prefetch).toBe("false");
});
