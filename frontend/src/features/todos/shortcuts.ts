import { type Text, text } from "@/lib/i18n/translate";

/** What is pressed together (“Ctrl K”), or one after the other (“g then t”), and what it does. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly isSequence?: boolean;
  readonly does: Text;
}

interface Group {
  readonly title: Text;
  readonly shortcuts: readonly Shortcut[];
}

/** `Mod` is Ctrl, or ⌘ on a Mac. */
export const groups: readonly Group[] = [
  {
    title: text("Everywhere"),
    shortcuts: [
      { keys: ["Mod", "K"], does: text("Open the command palette") },
      { keys: ["n"], does: text("Write a new todo") },
      { keys: ["/"], does: text("Search") },
      { keys: ["Mod", "Z"], does: text("Undo") },
      { keys: ["Mod", "Shift", "Z"], does: text("Do again") },
      { keys: ["?"], does: text("Show the keys") },
    ],
  },
  {
    title: text("Going somewhere"),
    shortcuts: [
      { keys: ["g", "i"], isSequence: true, does: text("Inbox") },
      { keys: ["g", "t"], isSequence: true, does: text("Today") },
      { keys: ["g", "u"], isSequence: true, does: text("Upcoming") },
      { keys: ["g", "d"], isSequence: true, does: text("Done|view") },
      { keys: ["g", "x"], isSequence: true, does: text("Trash") },
      { keys: ["g", "s"], isSequence: true, does: text("Settings") },
    ],
  },
  {
    title: text("In a list"),
    shortcuts: [
      { keys: ["↑"], does: text("To the todo above") },
      { keys: ["↓"], does: text("To the todo below") },
      { keys: ["Alt", "↑"], does: text("Move it up") },
      { keys: ["Alt", "↓"], does: text("Move it down") },
      { keys: ["e"], does: text("Edit the title") },
      { keys: ["o"], does: text("Open the details") },
      { keys: ["x"], does: text("Select it") },
      { keys: ["Delete"], does: text("Delete it") },
    ],
  },
];

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? "");

/** The sign on the key. */
export const keySign = (key: string): string => (key === "Mod" ? (isMac() ? "⌘" : "Ctrl") : key);
