/**
 * Dragging a row to another place of the list with a finger, a pen or the mouse. Loaded with the first one.
 * It only draws a line where the row would go; the list itself is not touched before it is dropped.
 */
interface Drag {
  list: HTMLElement;
  /** The row's id. */
  id: string;
  pointerId: number;
  clientY: number;
  /** It was let go while this was loaded: then it is dropped where it was. */
  isReleased?: boolean;
  /** With the row it is to stand behind; null before all others. Not called where nothing would change. */
  onDrop: (after: string | null) => void;
}

/** This near to the edge of the window it begins to scroll. */
const EDGE = 72;
const FASTEST = 18;

interface Target {
  readonly after: string | null;
  /** From the top of the list. */
  readonly y: number;
}

const rowsOf = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[data-todo]")];

function targetAt(list: HTMLElement, clientY: number): Target {
  const top = list.getBoundingClientRect().top;
  let target: Target = { after: null, y: 0 };
  for (const row of rowsOf(list)) {
    const { top: start, bottom } = row.getBoundingClientRect();
    if (clientY < (start + bottom) / 2) {
      return target.after === null ? { after: previousOf(row), y: start - top } : target;
    }
    target = { after: row.dataset.todo ?? null, y: bottom - top };
  }
  return target;
}

/** In a long list, the first row that is drawn may not be the first one there is: then there is no place before it. */
const previousOf = (row: HTMLElement): string | null =>
  row.getAttribute("aria-posinset") === "1" ? null : (row.dataset.todo ?? null);

export function startDrag({ list, id, pointerId, clientY, isReleased = false, onDrop }: Drag): void {
  const stop = new AbortController();
  const { signal } = stop;
  const row = rowsOf(list).find(({ dataset }) => dataset.todo === id);
  const line = document.createElement("div");
  line.className = "pointer-events-none absolute inset-x-3 z-10 h-0.5 -translate-y-px rounded-full bg-accent";
  list.append(line);
  row?.setAttribute("data-dragged", "");
  document.documentElement.dataset.dragging = "";
  let y = clientY;
  let frame = 0;

  const draw = () => {
    line.style.top = `${targetAt(list, y).y}px`;
  };
  const scroll = () => {
    const near = Math.max(EDGE - y, y - (innerHeight - EDGE), 0) / EDGE;
    if (near > 0) {
      scrollBy(0, Math.min(1, near) * FASTEST * (y < EDGE ? -1 : 1));
      draw();
    }
    frame = requestAnimationFrame(scroll);
  };
  const end = () => {
    stop.abort();
    cancelAnimationFrame(frame);
    line.remove();
    row?.removeAttribute("data-dragged");
    delete document.documentElement.dataset.dragging;
  };
  const drop = () => {
    const { after } = targetAt(list, y);
    const ids = rowsOf(list).map(({ dataset }) => dataset.todo);
    const before = ids[ids.indexOf(id) - 1] ?? null;
    end();
    if (after !== id && after !== before) onDrop(after);
  };
  const mine = (act: (event: PointerEvent) => void) => (event: PointerEvent) => {
    if (event.pointerId === pointerId) act(event);
  };

  addEventListener(
    "pointermove",
    mine((event) => {
      y = event.clientY;
      draw();
    }),
    { signal },
  );
  addEventListener("pointerup", mine(drop), { signal });
  addEventListener("pointercancel", mine(end), { signal });
  addEventListener("blur", end, { signal });
  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape") end();
    },
    { signal },
  );
  if (isReleased) {
    drop();
    return;
  }
  draw();
  frame = requestAnimationFrame(scroll);
}
