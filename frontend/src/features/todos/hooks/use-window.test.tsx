// @vitest-environment happy-dom
import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { useWindow } from "@/features/todos/hooks/use-window";

const HEIGHT = 50;

/** A list whose place on the page is where it was scrolled to. */
let scrolled = 0;
beforeEach(() => {
  scrolled = 0;
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => {
    draw();
    return 0;
  });
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(
    () => ({ top: -scrolled }) as DOMRect,
  );
});
afterEach(() => vi.unstubAllGlobals());

/** Where there is nothing, there is no list, as on the page. */
function List({ count }: { count: number }) {
  const rows = Array.from({ length: count }, (_, index) => ({ key: `r${index}`, estimate: HEIGHT }));
  const { rows: shown, rest, list } = useWindow(rows);
  if (count === 0) return null;
  return (
    <ul ref={list} data-rest={rest}>
      {shown.map(({ index, gap }) => (
        <li key={index} data-todo={`r${index}`} data-gap={gap}>
          <button type="button">{`row ${index}`}</button>
        </li>
      ))}
    </ul>
  );
}

const numbers = () => screen.getAllByRole("listitem").map((item) => Number(item.dataset.todo?.slice(1)));
const room = () => {
  const gaps = screen.getAllByRole("listitem").map((item) => Number(item.dataset.gap));
  const rest = Number(screen.getByRole("list").dataset.rest);
  return gaps.reduce((sum, gap) => sum + gap, 0) + gaps.length * HEIGHT + rest;
};
const scrollTo = (top: number) => {
  scrolled = top;
  act(() => void fireEvent.scroll(window));
};

describe("a long list", () => {
  test("draws what is near the window, and keeps the room of all", () => {
    render(<List count={10_000} />);
    expect(numbers().length).toBeLessThan(60);
    expect(numbers()[0]).toBe(0);
    expect(room()).toBe(10_000 * HEIGHT);

    scrollTo(250_000);
    expect(numbers().length).toBeLessThan(60);
    expect(numbers()).toContain(5_000);
    expect(numbers()).not.toContain(0);
    expect(room()).toBe(10_000 * HEIGHT);

    scrollTo(10_000 * HEIGHT - 700);
    expect(numbers().at(-1)).toBe(9_999);
    expect(room()).toBe(10_000 * HEIGHT);
  });

  test("keeps the row that has the focus, wherever it is", () => {
    render(<List count={10_000} />);
    act(() => screen.getByRole("button", { name: "row 3" }).focus());
    scrollTo(250_000);
    expect(numbers()[0]).toBe(3);
    expect(document.activeElement?.textContent).toBe("row 3");
    expect(room()).toBe(10_000 * HEIGHT);
  });

  test("keeps it also where the list was empty at first", () => {
    const { rerender } = render(<List count={0} />);
    rerender(<List count={10_000} />);
    act(() => screen.getByRole("button", { name: "row 3" }).focus());
    scrollTo(250_000);
    expect(numbers()[0]).toBe(3);
  });

  test("is drawn as a whole while it is printed", () => {
    render(<List count={300} />);
    expect(numbers().length).toBeLessThan(60);
    // Not in `act`: the browser takes its picture as soon as the event is over.
    fireEvent(window, new Event("beforeprint"));
    expect(numbers()).toHaveLength(300);
    fireEvent(window, new Event("afterprint"));
    expect(numbers().length).toBeLessThan(60);
  });

  test("is drawn as a whole when it is short", () => {
    render(<List count={80} />);
    expect(numbers()).toHaveLength(80);
    expect(room()).toBe(80 * HEIGHT);
  });

  test("has nothing in it when it is empty", () => {
    render(<List count={0} />);
    expect(screen.queryAllByRole("listitem")).toEqual([]);
  });
});
