"use client";

import { useEffect, useRef } from "react";

const FIELD = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";

/** Whether letters belong to what is being typed, or to a dialog over the page. */
function belongsElsewhere(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest(`${FIELD}, [role=dialog], [role=alertdialog], [role=menu], [role=grid]`) !== null;
}

/**
 * Undoing belongs to the field that one types in, also when that has just been emptied by hand; and waits for a question.
 * `typedIn` is the field in which something was typed since it has the focus.
 */
function undoesElsewhere(target: EventTarget | null, typedIn: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  const field = target.closest(FIELD);
  const isUntouched = field instanceof HTMLInputElement && field.value === "" && field !== typedIn;
  return (field !== null && !isUntouched) || target.closest("[role=alertdialog], [role=menu]") !== null;
}

const hasFocus = (target: EventTarget | null): boolean => target === document.activeElement;

/** Chromium has one history of typing for the whole page: it would go on in a field where nobody is looking. */
function keepToField(event: InputEvent): void {
  if (event.inputType.startsWith("history") && !hasFocus(event.target)) event.preventDefault();
}

/** The second key of “g then t” has to come within this time. */
const SEQUENCE = 1_500;

interface Bindings {
  /** By key, with Ctrl or ⌘; upper case with Shift. */
  readonly withMod: Readonly<Record<string, () => void>>;
  readonly letters: Readonly<Record<string, () => void>>;
  readonly afterG: Readonly<Record<string, () => void>>;
  /** Single letters do something. */
  readonly hasLetters: boolean;
}

/** Keys that work on the whole page. Text fields keep theirs: where something is typed, Ctrl-Z is the browser's. */
export function useShortcuts(bindings: Bindings): void {
  const current = useRef(bindings);
  current.current = bindings;

  useEffect(() => {
    let pressedG = Number.NEGATIVE_INFINITY;
    let typedIn: EventTarget | null = null;
    const type = (event: Event) => {
      if (hasFocus(event.target)) typedIn = event.target;
    };
    const leave = () => {
      typedIn = null;
    };
    const withMod = (event: KeyboardEvent) => {
      // The palette opens from anywhere.
      const isOurs = event.key.toLowerCase() === "k" || !undoesElsewhere(event.target, typedIn);
      return isOurs && !event.altKey ? current.current.withMod[event.key] : undefined;
    };
    const letter = (event: KeyboardEvent) => {
      const { letters, afterG, hasLetters } = current.current;
      if (!hasLetters || event.altKey || belongsElsewhere(event.target)) return undefined;
      const isSecond = event.timeStamp - pressedG < SEQUENCE;
      pressedG = event.key === "g" && !isSecond ? event.timeStamp : Number.NEGATIVE_INFINITY;
      return (isSecond ? afterG : letters)[event.key];
    };
    // What is entered is not being typed any more.
    const enter = ({ key }: KeyboardEvent) => key === "Enter" && leave();
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const act = event.ctrlKey || event.metaKey ? withMod(event) : letter(event);
      if (!act) return;
      event.preventDefault();
      act();
    };
    const ends = new AbortController();
    const { signal } = ends;
    document.addEventListener("keydown", enter, { signal, capture: true });
    document.addEventListener("keydown", press, { signal });
    document.addEventListener("input", type, { signal });
    document.addEventListener("beforeinput", keepToField, { signal });
    document.addEventListener("focusout", leave, { signal });
    return () => ends.abort();
  }, []);
}
