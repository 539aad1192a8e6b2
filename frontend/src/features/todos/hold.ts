export const loadDrag = () => import("@/features/todos/drag");

interface Held {
  /** Where it was last. */
  readonly clientY: number;
  /** `up`: let go. `gone`: taken away, by a gesture of the system for example. */
  readonly state: "down" | "up" | "gone";
  readonly stop: () => void;
}

/** Watches a pointer that went down until dragging is loaded: it may be let go before that. */
export function holdPointer({ pointerId, clientY }: Pick<PointerEvent, "pointerId" | "clientY">): Held {
  const stop = new AbortController();
  const { signal } = stop;
  const held = { clientY, state: "down" as Held["state"], stop: () => stop.abort() };
  const watch = (type: "pointermove" | "pointerup" | "pointercancel", state: Held["state"]) =>
    addEventListener(
      type,
      (event) => {
        if (event.pointerId !== pointerId || held.state !== "down") return;
        held.clientY = event.clientY;
        held.state = state;
      },
      { signal },
    );
  watch("pointermove", "down");
  watch("pointerup", "up");
  watch("pointercancel", "gone");
  return held;
}
