import { type Action, type Inverse, type InverseRows, invert } from "@/lib/sync/actions";
import { type Batch, Draft, type KeptConflict, type KeptRefusal } from "@/lib/sync/batch";
import { toRefusal } from "@/lib/sync/conflicts";
import { same } from "@/lib/sync/fields";
import type { Replica } from "@/lib/sync/replica";
import { uuid7 } from "@/lib/sync/uuid";

/** What waits for the person: one row of one table. */
type Question =
  | { readonly table: "conflicts"; readonly key: string; readonly row: KeptConflict }
  | { readonly table: "refusals"; readonly key: string; readonly row: KeptRefusal };

/** Applies an answer, and remembers the question: a choice can be taken back as everything else. */
export function decide(replica: Replica, question: Question, answer: Draft): Action {
  const { table, key, row } = question;
  const todo_id = table === "conflicts" ? row.todo_id : row.operation.todo_id;
  const queued = answer.rows("outbox");
  const rows: InverseRows = {
    kind: "rows",
    todo_id,
    table,
    key,
    before: row,
    after: answer.get(table, key) ?? undefined,
  };
  const inverses: Inverse[] = [rows, ...queued.map((each) => invert(replica, each))];
  replica.apply(answer.toBatch());
  return { queued, inverses, kind: "decide", title: replica.view(todo_id)?.title || titleOf(question) };
}

function titleOf({ table, row }: Question): string {
  return table === "refusals" ? toRefusal(row).title : row.seen.title;
}

/** Asks again what was answered, or the other way round; answers what takes that back. */
export function putBack(
  replica: Replica,
  rows: readonly InverseRows[],
): { batch: Batch; back: InverseRows[] } {
  const draft = new Draft();
  const back = rows.map((each): InverseRows => {
    const { table, key, before, after } = each;
    const row = before && table === "conflicts" ? { ...before, since: uuid7() } : before;
    if (row) draft.put(table, row as never);
    else draft.drop(table, key);
    return { ...each, before: after, after: row };
  });
  const batch = draft.toBatch();
  replica.apply(batch);
  return { batch, back };
}

/** Whether a row still is as the answer left it: another question about the same todo is not overwritten. */
export const isAsLeft = (replica: Replica, { table, key, after }: InverseRows): boolean =>
  same(replica[table].get(key), after);
