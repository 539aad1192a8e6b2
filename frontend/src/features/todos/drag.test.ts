// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import { startDrag } from "@/features/todos/drag";
import { holdPointer } from "@/features/todos/hold";

const HEIGHT = 40;
let list: HTMLUListElement;
const onDrop = vi.fn();

/** Rows below each other from the top of the window; the first one may not be the first of the list. */
beforeEach(() => {
  onDrop.mockReset();
  list = document.createElement("ul");
  document.body.append(list);
  for (const [index, id] of ["a", "b", "c", "d"].entries()) {
    const row = document.createElement("li");
    row.dataset.todo = id;
    row.setAttribute("aria-posinset", String(index + 1));
    row.getBoundingClientRect = () => ({ top: index * HEIGHT, bottom: (index + 1) * HEIGHT }) as DOMRect;
    list.append(row);
  }
});

const point = (type: string, clientY: number, pointerId = 1) =>
  window.dispatchEvent(Object.assign(new Event(type), { clientY, pointerId }));
const drag = (id: string) => startDrag({ list, id, pointerId: 1, clientY: 100, onDrop });

describe("dragging a row", () => {
  test.each([
    ["a", 95, "b"],
    ["d", 5, null],
    ["a", 500, "d"],
    ["c", 25, "a"],
  ])("%s to %d puts it behind %s", (id, y, after) => {
    drag(id);
    point("pointermove", y);
    point("pointerup", y);
    expect(onDrop.mock.calls).toEqual([[after]]);
    expect(list.querySelector("div")).toBeNull();
  });

  test("to where it is changes nothing", () => {
    drag("b");
    point("pointermove", 65);
    point("pointerup", 65);
    expect(onDrop).not.toHaveBeenCalled();
  });

  test("does not listen to another finger", () => {
    drag("a");
    point("pointermove", 150, 2);
    point("pointerup", 150, 2);
    expect(onDrop).not.toHaveBeenCalled();
    expect(list.querySelector("div")).not.toBeNull();
    point("pointercancel", 0);
  });

  test("is given up by Escape", () => {
    drag("a");
    point("pointermove", 150);
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    point("pointerup", 150);
    expect(onDrop).not.toHaveBeenCalled();
    expect(document.documentElement.dataset.dragging).toBeUndefined();
  });
});

describe("a pointer that is let go before dragging is loaded", () => {
  /** What the list does once the module is there. */
  const loaded = ({ stop, state, clientY }: ReturnType<typeof holdPointer>) => {
    stop();
    if (state !== "gone")
      startDrag({ list, id: "a", pointerId: 1, clientY, isReleased: state === "up", onDrop });
  };

  test("drops the row where it was, and leaves no line", () => {
    const held = holdPointer({ pointerId: 1, clientY: 10 });
    point("pointermove", 60);
    point("pointerup", 95);
    point("pointermove", 5);
    loaded(held);
    expect(onDrop.mock.calls).toEqual([["b"]]);
    expect(list.querySelector("div")).toBeNull();
    expect(document.documentElement.dataset.dragging).toBeUndefined();
  });

  test("and taken away changes nothing", () => {
    const held = holdPointer({ pointerId: 1, clientY: 10 });
    point("pointercancel", 95);
    expect(held.state).toBe("gone");
    loaded(held);
    expect(onDrop).not.toHaveBeenCalled();
  });

  test("or only moved goes on from there", () => {
    const held = holdPointer({ pointerId: 1, clientY: 10 });
    point("pointermove", 95, 2);
    point("pointermove", 60);
    loaded(held);
    point("pointerup", 95);
    expect(onDrop.mock.calls).toEqual([["b"]]);
  });
});
