/**
 * What somebody types belongs to the field they have just asked for, also while that is still being loaded. Until it is
 * there, a field without looks has the focus: so no letter is lost or taken for a key that does something, and what
 * composes letters of several keys works as well.
 */
interface Ahead {
  /** The field that is to come. */
  readonly fieldId: string;
  readonly input: HTMLInputElement;
  /** Had the focus before. */
  readonly before: Element | null;
}

/** Longer than this, nobody goes on typing without seeing anything. */
const PATIENCE = 10_000;

let ahead: Ahead | undefined;

/**
 * From now on what is typed is for this field: it gets the focus, or what was typed until it asks for that. Answers
 * whether it is there.
 */
export function typeInto(fieldId: string, label: string): boolean {
  const field = document.getElementById(fieldId);
  if (field) field.focus();
  else if (ahead?.fieldId !== fieldId) wait(fieldId, label);
  return field !== null;
}

function wait(fieldId: string, label: string): void {
  const before = giveUp() ?? document.activeElement;
  const input = createInput(label);
  const waiting = { fieldId, input, before };
  ahead = waiting;
  input.focus({ preventScroll: true });
  input.addEventListener("blur", () => ahead === waiting && giveUp());
  input.addEventListener("keydown", ({ key }) => key === "Escape" && ahead === waiting && focus(giveUp()));
  setTimeout(() => ahead === waiting && focus(giveUp()), PATIENCE);
}

/** For the field, when it is there: what was typed for it, if it was asked for. The focus is where it was before. */
export function takeTyped(fieldId: string): string | undefined {
  if (ahead?.fieldId !== fieldId) return undefined;
  const { value } = ahead.input;
  focus(giveUp());
  return value;
}

function giveUp(): Element | null | undefined {
  if (!ahead) return undefined;
  const { input, before } = ahead;
  ahead = undefined;
  input.parentElement?.remove();
  return before;
}

function focus(element: Element | null | undefined): void {
  if (element instanceof HTMLElement && element.isConnected) element.focus({ preventScroll: true });
}

function createInput(label: string): HTMLInputElement {
  const layer = document.createElement("div");
  // What is over the page lets the focus go there.
  layer.dataset.reactAriaTopLayer = "true";
  layer.className = "fixed top-0 start-0";
  const input = document.createElement("input");
  input.className = "sr-only text-base";
  input.autocomplete = "off";
  input.setAttribute("aria-label", label);
  layer.append(input);
  document.body.append(layer);
  return input;
}
