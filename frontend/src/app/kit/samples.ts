import { blank } from "@/lib/sync/operations";
import type { Conflict, Refusal, Snapshot, TodoView } from "@/lib/sync/types";

const day = "2026-11-22";

const sample = (number: number, fields: Partial<TodoView>): TodoView => ({
  ...blank(`01939b4c-0000-7000-8000-00000000000${number}`, `${day}T10:00:00Z`),
  position: `a${number}`,
  version: 1,
  pending: 0,
  ...fields,
});

export const todos: readonly TodoView[] = [
  sample(1, { title: "Book the night train to Vienna", priority: "high" }),
  sample(2, { title: "Pay the rent", due: { date: "2020-01-01" }, tags: ["home"] }),
  sample(3, {
    title: "Water the tomatoes",
    due: { date: "2999-01-01" },
    recurrence: { rule: "FREQ=DAILY;INTERVAL=2", anchor: "due" },
  }),
  sample(4, { title: "Send the invoice", description: "Two days were cancelled, see mail.", pending: 1 }),
  sample(5, { title: "Return the books", completed: true, completed_at: `${day}T09:00:00Z` }),
  sample(6, { title: "Donaudampfschifffahrtsgesellschaftskapitänspatentprüfung".repeat(3), priority: "low" }),
];

export const conflicts: readonly Conflict[] = [
  {
    todo_id: "1",
    kind: "fields",
    title: "Call Mira",
    fields: [
      {
        field: "title",
        base: "Call Mira",
        yours: "Call Mira tonight",
        stored: "Call Mira at nine",
        both: undefined,
      },
      { field: "tags", base: [], yours: ["people"], stored: ["calls"], both: ["calls", "people"] },
    ],
  },
  { todo_id: "2", kind: "deleted-there", title: "Read", fields: [] },
];

export const refusals: readonly Refusal[] = [
  {
    id: "r1",
    todo_id: "3",
    kind: "update",
    title: "Too long",
    changes: { title: { from: "", to: "Too long" } },
    problem: {
      slug: "invalid",
      title: "Not valid",
      errors: [{ pointer: "#/title", detail: "is longer than 200 characters" }],
    },
  },
];

/** What the header says, from quiet to loud. */
export const moments: readonly (readonly [name: string, Partial<Snapshot>])[] = [
  ["saved", {}],
  ["on its way", { connection: { state: "syncing" }, unsent: 2 }],
  ["unreachable", { connection: { state: "waiting", until: 0, reason: "unreachable" }, unsent: 3 }],
  ["busy", { connection: { state: "waiting", until: 0, reason: "busy" }, unsent: 1 }],
  ["signed out", { connection: { state: "signed-out" }, unsent: 1 }],
  ["full", { storage: "full", crowded: true }],
  ["outdated", { storage: "outdated" }],
  ["to decide", { conflicts, refusals }],
];
