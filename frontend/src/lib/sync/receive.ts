import type { ChangesPage, SyncedTodo, Tombstone } from "@/lib/api/types";
import { Draft, type KeptConflict } from "@/lib/sync/batch";
import { withoutDeletion } from "@/lib/sync/conflicts";
import { changedFields, differences, same } from "@/lib/sync/fields";
import { without } from "@/lib/sync/operations";
import type { Replica } from "@/lib/sync/replica";
import type { Todo } from "@/lib/sync/types";

/** The server keeps what was deleted for so long. */
export const TRASH_DAYS = 30;

const isTombstone = (document: SyncedTodo | Tombstone): document is Tombstone => !("title" in document);

/** Takes one document. Of a tombstone, the text that is known is kept: it can be restored, also without a network. */
export function learn(draft: Draft, known: Todo | undefined, document: SyncedTodo | Tombstone): void {
  if (!isTombstone(document)) {
    draft.put("shadow", document);
    return;
  }
  const { id, seq, version, deleted_at, purged } = document;
  if (!known || purged || known.title === "") draft.drop("shadow", id);
  else draft.put("shadow", { ...known, seq, version, deleted_at });
}

/** A page of changes. Answers are taken in the order in which they were asked for, so that the last one is the newest. */
export function receive(replica: Replica, page: ChangesPage): Draft {
  const draft = new Draft();
  for (const document of page.changes) {
    const known = replica.shadow.get(document.id);
    if (known && page.epoch === replica.sync.epoch && known.seq > document.seq) continue;
    learn(draft, known, document);
    reconsider(replica, draft, document.id);
  }
  return draft;
}

/** A conflict is over when the other side has come to what the person wanted. */
function reconsider(replica: Replica, draft: Draft, todoId: string): void {
  const known = replica.conflicts.get(todoId);
  const stored = draft.get("shadow", todoId);
  // What this device still has to say about the todo comes first: it may be on its way to something else.
  if (!known || replica.queueOf(todoId).length > 0) return;
  const live = stored?.deleted_at === null ? stored : undefined;
  const conflict = known.kind === "deleted-here" ? afterDeletion(known, live) : known;
  if (!conflict) draft.drop("conflicts", todoId);
  else if (live) compare(draft, conflict, live);
  else if (conflict.kind === "fields") draft.put("conflicts", { ...conflict, kind: "deleted-there" });
}

/** A deletion is no question any more where the todo is gone, or is as it was when it was deleted here. */
function afterDeletion(conflict: KeptConflict, live: Todo | undefined): KeptConflict | undefined {
  if (!live) return undefined;
  return differences(conflict.seen, live).length > 0 ? conflict : withoutDeletion(conflict);
}

function compare(draft: Draft, conflict: KeptConflict, stored: Todo): void {
  if (conflict.kind === "deleted-here") return;
  const agreed = changedFields(conflict.changes).filter((field) =>
    same(stored[field], conflict.changes[field]?.to),
  );
  const changes = without(conflict.changes, new Set(agreed));
  if (changes) draft.put("conflicts", { ...conflict, kind: "fields", changes });
  else draft.drop("conflicts", conflict.todo_id);
}

/** After everything was received from the start: what was not among it does not exist any more. */
export function sweep(replica: Replica, present: ReadonlySet<string>): Draft {
  const draft = new Draft();
  for (const todo of replica.shadow.values()) {
    // The trash may be left out of a first reading.
    if (!present.has(todo.id) && (todo.deleted_at === null || isExpired(todo))) draft.drop("shadow", todo.id);
  }
  return draft;
}

/** Deleted todos that the server does not keep any more either. */
export function expired(replica: Replica, now: number = Date.now()): Draft {
  const old = [...replica.shadow.values()].filter((todo) => isExpired(todo, now));
  return new Draft().drop("shadow", ...old.map(({ id }) => id));
}

const isExpired = ({ deleted_at }: Todo, now: number = Date.now()): boolean =>
  deleted_at !== null && Date.parse(deleted_at) < now - TRASH_DAYS * 86_400_000;
