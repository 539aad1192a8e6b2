"use client";

import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";

/** Shorter lists are shown as a whole: the browser finds text in them, and nothing has to be measured. */
const WHOLE = 80;
/** Rows that are there before they come into sight, in pixels on either side. */
const AHEAD = 600;

interface Row {
  readonly key: string;
  /** How high it will be, as long as it has not been measured. */
  readonly estimate: number;
}

export interface Shown {
  readonly index: number;
  /** The room of the rows between the one before and this one. */
  readonly gap: number;
}

interface Window {
  readonly rows: readonly Shown[];
  /** The room of the rows behind the last one. */
  readonly rest: number;
  readonly list: React.RefObject<HTMLUListElement | null>;
  /** For each row's element: it is measured as long as it is there. */
  readonly measure: (element: HTMLElement | null) => (() => void) | undefined;
  readonly scrollTo: (index: number) => void;
}

/**
 * Draws of a long list only what is near the window, in the page's own scrolling. The row that has the focus stays,
 * wherever it is: whoever is typing in it must not lose it.
 */
export function useWindow(rows: readonly Row[]): Window {
  const list = useRef<HTMLUListElement>(null);
  const heights = useRef(new Map<string, number>());
  const [version, setVersion] = useState(0);
  const [sight, setSight] = useState({ from: 0, to: 2_000 });
  const [focused, setFocused] = useState<string>();
  const isPrinting = usePrinting();
  const isWhole = isPrinting || rows.length <= WHOLE;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that the measures have changed.
  const offsets = useMemo(() => {
    const sums = new Float64Array(rows.length + 1);
    rows.forEach(({ key, estimate }, index) => {
      sums[index + 1] = (sums[index] ?? 0) + (heights.current.get(key) ?? estimate);
    });
    return sums;
  }, [rows, version]);

  const observer = useMemo(() => createObserver(heights.current, () => setVersion((last) => last + 1)), []);
  const measure = useCallback(
    (element: HTMLElement | null) => {
      if (isWhole || !element || !observer) return undefined;
      observer.observe(element);
      return () => observer.unobserve(element);
    },
    [isWhole, observer],
  );

  useLayoutEffect(() => {
    if (isWhole) return;
    let frame = 0;
    const look = () => {
      frame = 0;
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const [from, to] = [-top - AHEAD, -top + globalThis.innerHeight + AHEAD];
      // Half of what is ahead may be used up before it is drawn anew.
      setSight((last) =>
        Math.abs(last.from - from) < AHEAD / 2 && last.to - last.from === to - from ? last : { from, to },
      );
    };
    const soon = () => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    globalThis.addEventListener("scroll", soon, { passive: true });
    globalThis.addEventListener("resize", soon);
    return () => {
      cancelAnimationFrame(frame);
      globalThis.removeEventListener("scroll", soon);
      globalThis.removeEventListener("resize", soon);
    };
  }, [isWhole]);

  useEffect(() => {
    // On the document: the list itself comes and goes.
    const note = ({ target }: FocusEvent) => {
      if (target instanceof Element && list.current?.contains(target))
        setFocused(target.closest<HTMLElement>("[data-todo]")?.dataset.todo);
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);

  const shown = useMemo(() => {
    if (isWhole) return rows.map((_, index) => ({ index, gap: 0 }));
    const first = at(offsets, sight.from);
    const last = Math.min(rows.length - 1, at(offsets, sight.to));
    const indexes = Array.from({ length: last - first + 1 }, (_, position) => first + position);
    const kept = focused === undefined ? -1 : rows.findIndex(({ key }) => key === focused);
    if (kept >= 0 && kept < first) indexes.unshift(kept);
    if (kept > last) indexes.push(kept);
    let end = 0;
    return indexes.map((index) => {
      const gap = (offsets[index] ?? 0) - end;
      end = offsets[index + 1] ?? 0;
      return { index, gap };
    });
  }, [isWhole, rows, offsets, sight, focused]);

  const last = shown.at(-1)?.index ?? -1;
  const scrollTo = (index: number) => {
    const top = (list.current?.getBoundingClientRect().top ?? 0) + globalThis.scrollY + (offsets[index] ?? 0);
    globalThis.scrollTo({ top: top - globalThis.innerHeight / 3 });
  };
  const rest = isWhole ? 0 : (offsets[rows.length] ?? 0) - (offsets[last + 1] ?? 0);
  return { rows: shown, rest, list, measure, scrollTo };
}

/** On paper there is no scrolling. The browser takes its picture as soon as this has returned. */
function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const change = ({ type }: Event) => flushSync(() => setPrinting(type === "beforeprint"));
    globalThis.addEventListener("beforeprint", change);
    globalThis.addEventListener("afterprint", change);
    return () => {
      globalThis.removeEventListener("beforeprint", change);
      globalThis.removeEventListener("afterprint", change);
    };
  }, []);
  return isPrinting;
}

/** The last row that starts at or before a height. */
function at(offsets: Float64Array, height: number): number {
  let [low, high] = [0, offsets.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= height) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

function createObserver(heights: Map<string, number>, changed: () => void): ResizeObserver | undefined {
  if (typeof ResizeObserver === "undefined") return undefined;
  return new ResizeObserver((entries) => {
    let isNew = false;
    for (const { target, borderBoxSize } of entries) {
      const key = (target as HTMLElement).dataset.todo;
      const height = borderBoxSize[0]?.blockSize ?? 0;
      if (!key || height === 0 || heights.get(key) === height) continue;
      heights.set(key, height);
      isNew = true;
    }
    if (isNew) changed();
  });
}
