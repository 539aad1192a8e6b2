import { parseProblem } from "@/lib/api/problems";
import type { OperationResult, Verdict } from "@/lib/api/types";
import { Draft, type KeptConflict, type KeptRefusal } from "@/lib/sync/batch";
import { withoutDeletion } from "@/lib/sync/conflicts";
import { changedFields, differences, same } from "@/lib/sync/fields";
import { deleteOperation, join, without } from "@/lib/sync/operations";
import { learn } from "@/lib/sync/receive";
import type { Replica } from "@/lib/sync/replica";
import type {
  Changes,
  Field,
  Operation,
  OperationKind,
  Queued,
  RefusalProblem,
  Todo,
} from "@/lib/sync/types";

/** What the server's answers to a batch mean for what is kept here. Pure: it reads the replica and changes nothing. */
export function settle(
  replica: Replica,
  sent: readonly Queued[],
  results: readonly OperationResult[],
): Draft {
  const draft = new Draft();
  const answers = new Map(results.map((result) => [result.op_id, result]));
  for (const [index, queued] of sent.entries()) {
    const result = answers.get(queued.operation.op_id) ?? nameless(results[index]);
    // Without an answer it stays in the queue, and is sent again.
    if (result) new Settlement(replica, draft, queued, result).write();
  }
  return draft;
}

/** An operation that the server did not take as it is, nor any batch it was in. */
export function refuse(replica: Replica, queued: Queued, problem: RefusalProblem): Draft {
  const draft = new Draft();
  new Settlement(replica, draft, queued, undefined).refuse(problem);
  return draft;
}

/** Of an operation that is wrong enough, the server does not even know the name; answers come in the order asked. */
const nameless = (result: OperationResult | undefined): OperationResult | undefined =>
  result?.op_id === null ? result : undefined;

const gone = new Set(["todo-deleted", "todo-not-found"]);
const forgotten = new Set(["todo-not-found", "todo-purged"]);

class Settlement {
  readonly #id: string;
  readonly #operation: Operation;

  constructor(
    private readonly replica: Replica,
    private readonly draft: Draft,
    private readonly queued: Queued,
    private readonly result: OperationResult | undefined,
  ) {
    this.#operation = queued.operation;
    this.#id = queued.operation.todo_id;
  }

  write(): void {
    const { result } = this;
    if (!result) return;
    if (result.todo) learn(this.draft, this.#stored ?? this.queued.seen, result.todo);
    this.draft.drop("outbox", this.#operation.op_id);
    const verdict: Verdict = result.outcome === "duplicate" ? (result.first ?? "applied") : result.outcome;
    if (verdict === "conflict") this.#clash(result);
    else if (verdict === "rejected") this.#reject(result);
    else this.#take();
  }

  #take(): void {
    const { kind, changes } = this.#operation;
    if (kind === "update") this.#supersede(new Set(changedFields(changes)));
    // Whoever restores a todo does not want to delete it any more.
    else if (this.#open?.kind === "deleted-here") {
      const before = kind === "restore" ? withoutDeletion(this.#open) : undefined;
      if (before) this.draft.put("conflicts", before);
      else this.draft.drop("conflicts", this.#id);
    }
  }

  refuse(problem: RefusalProblem): void {
    this.draft.drop("outbox", this.#operation.op_id);
    const { op_id: id } = this.#operation;
    // What asks for something else, such as to delete it, is a question of its own.
    const { kind } = this.#operation;
    const known = kind === "update" ? this.#refusedChange : this.#refusalOf(kind);
    const operation = known
      ? { ...known.operation, changes: join(known.operation.changes, this.#operation.changes) }
      : this.#operation;
    this.draft.put("refusals", {
      id: known?.id ?? id,
      operation,
      seen: known?.seen ?? this.queued.seen,
      problem,
    });
  }

  #clash({ clashes, todo }: OperationResult): void {
    const fields = Object.keys(clashes).filter((field) => field !== "deleted_at");
    if (this.#operation.kind === "delete") {
      this.#clashOfDeletion();
      return;
    }
    const changes: Changes = Object.fromEntries(
      changedFields(this.#operation.changes)
        .filter((field) => clashes.deleted_at || fields.includes(field))
        .map((field) => [field, this.#operation.changes[field]]),
    );
    const refused = this.#refusedChange;
    const continued = changedFields(changes).filter((field) =>
      continues(refused?.operation.changes, changes, field),
    );
    // It was made on top of a value that the server never took: it belongs to that one.
    if (refused && continued.length > 0) this.refuse(refused.problem);
    const left = without(changes, new Set(continued));
    if (left) this.#keep(clashes.deleted_at || isDeleted(todo) ? "deleted-there" : "fields", left);
    this.#supersede(new Set(changedFields(this.#operation.changes).filter((field) => !changes[field])));
  }

  /**
   * The version is not the one it was deleted with. Where nothing is different from what the person saw (what they had
   * changed before was on its way, or it was moved elsewhere), it is deleted all the same, unless they restored it since.
   */
  #clashOfDeletion(): void {
    const stored = this.#stored;
    const { seen } = this.queued;
    if (!stored || differences(seen, stored).length > 0) {
      this.#keep("deleted-here", {});
      return;
    }
    const later = this.replica
      .queueOf(this.#id)
      .filter(({ operation }) => operation.op_id > this.#operation.op_id);
    if (later.length === 0) this.draft.put("outbox", deleteOperation({ ...seen, version: stored.version }));
  }

  #reject({ problem }: OperationResult): void {
    const { slug = "", title = "", detail, errors } = parseProblem(problem ?? {});
    const { kind, changes } = this.#operation;
    if (forgotten.has(slug)) this.draft.drop("shadow", this.#id);
    // Deleting what is gone is done.
    if (gone.has(slug) && kind === "delete") return;
    if (gone.has(slug) && kind === "update" && !this.#refusedChange) {
      this.#keep("deleted-there", changes);
      return;
    }
    this.refuse({ slug, title, errors, ...(detail ? { detail } : {}) });
  }

  #keep(kind: KeptConflict["kind"], changes: Changes): void {
    const known = this.#conflict;
    const seen = known?.seen ?? this.queued.seen;
    this.draft.put("conflicts", {
      todo_id: this.#id,
      kind,
      seen,
      changes: join(known?.changes ?? {}, changes),
    });
  }

  /** A change that was made on top of the one in conflict, and which the server took, settles it. */
  #supersede(taken: ReadonlySet<Field>): void {
    const known = this.#open;
    if (!known) return;
    const { changes } = this.#operation;
    const settled = [...taken].filter((field) => continues(known.changes, changes, field));
    const left = without(known.changes, new Set(settled));
    if (settled.length === 0) return;
    if (left) this.draft.put("conflicts", { ...known, changes: left });
    else this.draft.drop("conflicts", this.#id);
  }

  get #stored(): Todo | undefined {
    return this.draft.get("shadow", this.#id) ?? this.replica.shadow.get(this.#id);
  }

  get #conflict(): KeptConflict | undefined {
    const drafted = this.draft.get("conflicts", this.#id);
    return drafted === undefined ? this.replica.conflicts.get(this.#id) : (drafted ?? undefined);
  }

  /** The conflict, if this operation may be an answer to it. */
  get #open(): KeptConflict | undefined {
    const known = this.#conflict;
    return known && this.#operation.op_id > (known.since ?? "") ? known : undefined;
  }

  /** What the same todo should have become: a change that follows it is refused for the same reason. */
  get #refusedChange(): KeptRefusal | undefined {
    return this.#refusalOf("create", "update");
  }

  #refusalOf(...kinds: OperationKind[]): KeptRefusal | undefined {
    const fits = ({ operation }: KeptRefusal) =>
      operation.todo_id === this.#id && kinds.includes(operation.kind);
    for (const known of this.replica.refusals.values()) {
      const current = this.draft.get("refusals", known.id);
      if (fits(known) && current !== null) return current ?? known;
    }
    return this.draft.rows("refusals").find(fits);
  }
}

const isDeleted = (todo: OperationResult["todo"]): boolean => todo?.deleted_at != null;

/** Whether a change started from the value that an earlier one wanted. */
function continues(earlier: Changes | undefined, later: Changes, field: Field): boolean {
  const [first, next] = [earlier?.[field], later[field]];
  return first !== undefined && next !== undefined && same(first.to, next.from);
}
