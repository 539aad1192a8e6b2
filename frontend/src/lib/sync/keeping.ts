import type { StorageArea } from "@/lib/storage/entry";
import { type Batch, Draft, type Touched } from "@/lib/sync/batch";
import { Keeper } from "@/lib/sync/keeper";
import { type JournalEntry, questionsOf, toEntries } from "@/lib/sync/persistence/journal";
import type { LostReason, Persistence } from "@/lib/sync/persistence/port";
import { Rescue } from "@/lib/sync/persistence/rescue";
import type { Replica } from "@/lib/sync/replica";
import { storageOf } from "@/lib/sync/snapshot";
import type { Queued, StorageState } from "@/lib/sync/types";

export interface KeepingParts {
  readonly area: StorageArea;
  readonly userId: string;
  readonly replica: Replica;
  /** Rows that other tabs can read now. */
  readonly written: (touched: Touched) => void;
  /** What other tabs cannot read, as it could not be written. */
  readonly unkept: (queued: readonly Queued[]) => void;
  readonly tell: (storage: StorageState) => void;
}

/** Where one tab keeps what the person has: in storage as long as there is one, and what that does not take elsewhere. */
export class Keeping {
  #persistence: Persistence | undefined;
  #keeper: Keeper | undefined;
  /** What was done while nothing could be kept. */
  #unkept = new Draft();
  #isErased = false;
  #hasRead = false;
  readonly #rescue: Rescue;

  constructor(private readonly parts: KeepingParts) {
    this.#rescue = new Rescue(parts.area, parts.userId);
  }

  /** Whether what this device keeps has been read once: before that, nobody can say what signing out would lose. */
  get hasRead(): boolean {
    return this.#hasRead;
  }

  /** Somebody is here, again or for the first time. */
  begin(): void {
    this.#isErased = false;
  }

  /**
   * Takes storage into use that was just opened, until it takes nothing any more. Answers false where it cannot be read.
   * What is used instead of that does not count as read.
   */
  async open(
    persistence: Persistence,
    lost: (reason: LostReason) => void,
    isInstead = false,
  ): Promise<boolean> {
    const known = this.#everything();
    this.#persistence = persistence;
    this.#keeper = new Keeper({
      persistence,
      written: (touched) => this.#written(persistence, touched),
      unkept: (queued) => {
        if (this.#isErased) return;
        this.#rescue.put(toEntries(queued));
        this.parts.unkept(queued);
      },
      lost,
      state: (state) => this.parts.tell(state === "full" ? state : storageOf[persistence.kind]),
    });
    const knewAnything = !this.parts.replica.isEmpty;
    const wasSynced = this.parts.replica.sync.cursor !== null;
    if (!(await this.#load(persistence))) return false;
    // Memory is empty each time, and so is a database that the browser has thrown away: what this tab knows goes there.
    const isNew = this.parts.replica.sync.cursor === null && (wasSynced || this.parts.replica.isEmpty);
    if (persistence.kind === "memory" || (knewAnything && isNew))
      this.#unkept = new Draft().add(known).add(this.#unkept.toBatch());
    if (!isInstead) this.#hasRead = true;
    this.#applyUnwritten();
    this.#keeper.keep(this.#unkept.toBatch());
    this.#unkept = new Draft();
    return true;
  }

  /** Lets go of the storage. What is not written yet is kept for the next one. */
  async close(signal: AbortSignal): Promise<void> {
    await this.#keeper?.rest(signal);
    const left = this.#keeper?.close();
    if (left && !this.#isErased) this.#unkept.add(left);
    this.#keeper = undefined;
    this.#persistence = undefined;
  }

  /** Keeps what has been applied to the replica. */
  keep(batch: Batch): void {
    if (this.#isErased) return;
    if (this.#keeper) {
      this.#keeper.keep(batch);
      return;
    }
    this.#unkept.add(batch);
    // Opening may take minutes, where somebody is in the way.
    this.#rescue.put(toEntries(batch.put?.outbox ?? []));
    this.#rescue.forget(batch.drop?.outbox ?? []);
  }

  /** Whoever signed out wants nothing to be left: in memory neither, and nothing that comes after. */
  erase(): void {
    this.#isErased = true;
    this.#unkept = new Draft();
    this.parts.replica.replace({});
  }

  /** Reads everything anew. What cannot be read any more was told by the connection's end; what is in memory stays. */
  async reload(): Promise<void> {
    const persistence = this.#persistence;
    if (persistence && (await this.#load(persistence))) this.#applyUnwritten();
  }

  /** Reads what another tab has written. */
  async follow(touched: Touched): Promise<boolean> {
    try {
      const batch = await this.#persistence?.read(touched);
      if (!batch) return false;
      // Of what is not written yet, this tab knows something newer.
      const newer = this.#keeper?.pending ?? new Draft();
      this.parts.replica.apply(new Draft().add(batch).except(newer).toBatch());
      return true;
    } catch {
      return false;
    }
  }

  /** Waits for the last writes; answers whether a reload would bring everything back. */
  async saved(signal: AbortSignal): Promise<boolean> {
    await this.#keeper?.rest(signal);
    return this.rescue();
  }

  /** Puts what would go with the page where the next one finds it. Answers whether there was room for all of it. */
  rescue(): boolean {
    if (this.#isErased) return true;
    const endangered = this.#endangered();
    this.#rescue.put(endangered);
    return this.#rescue.has(endangered);
  }

  /** Nobody holds any more what is in memory alone. */
  leave(isForGood = false): void {
    if (isForGood) this.erase();
    else this.rescue();
  }

  /** What is not written yet is newer than what was read. */
  #applyUnwritten(): void {
    this.parts.replica.apply(this.#unkept.toBatch());
    this.parts.replica.apply(this.#keeper?.pending.toBatch() ?? {});
  }

  /** Of a question that is not written yet, what led to it still is: asked again, the server says the same. */
  #endangered(): JournalEntry[] {
    const { replica } = this.parts;
    if (this.#persistence?.kind === "memory") return [...toEntries(replica.outbox), ...questionsOf(replica)];
    const pending = this.#keeper?.pending.rows("outbox") ?? [];
    return toEntries([...this.#unkept.rows("outbox"), ...pending]);
  }

  #written(persistence: Persistence, touched: Touched): void {
    const { outbox = [], conflicts = [], refusals = [] } = touched.keys;
    const keys = new Set([...outbox, ...conflicts, ...refusals]);
    if (persistence.kind !== "memory") {
      this.#rescue.forget(keys);
      this.parts.written(touched);
    } else if (!this.#rescue.isEmpty) {
      // What became of something that is kept elsewhere is kept there in its place, until nobody needs it any more.
      const needed = this.#endangered().filter(({ key }) => keys.has(key));
      this.#rescue.put(needed);
      for (const { key } of needed) keys.delete(key);
      this.#rescue.forget(keys);
    }
  }

  async #load(persistence: Persistence): Promise<boolean> {
    try {
      this.parts.replica.replace(await persistence.load());
      return true;
    } catch {
      return false;
    }
  }

  #everything(): Batch {
    const { shadow, outbox, conflicts, refusals, sync } = this.parts.replica;
    const put = {
      shadow: [...shadow.values()],
      outbox,
      conflicts: [...conflicts.values()],
      refusals: [...refusals.values()],
    };
    return { put, sync };
  }
}
