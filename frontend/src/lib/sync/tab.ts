import { backoff } from "@/lib/api/retry";
import type { StorageArea } from "@/lib/storage/entry";
import type { Batch, Touched } from "@/lib/sync/batch";
import type { Engine } from "@/lib/sync/engine";
import { Keeping } from "@/lib/sync/keeping";
import { Latch } from "@/lib/sync/latch";
import { takeLead } from "@/lib/sync/lead";
import { Leaving, onLeave } from "@/lib/sync/leaving";
import type { StoreMessage } from "@/lib/sync/messages";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import type { LostReason, OpenPersistence, Persistence } from "@/lib/sync/persistence/port";
import type { Replica } from "@/lib/sync/replica";
import { storageOf } from "@/lib/sync/snapshot";
import type { Transport } from "@/lib/sync/transport";
import type { Connection, Queued, Snapshot, StorageState } from "@/lib/sync/types";
import type { TabChannel } from "@/lib/tabs/channel";
import type { Locks } from "@/lib/tabs/locks";

export interface TabParts {
  readonly userId: string;
  readonly area: StorageArea;
  readonly transport: Transport;
  readonly open: OpenPersistence;
  readonly locks: Locks;
  readonly channel: TabChannel<StoreMessage>;
  /** Whether the person has signed out by themselves: then nothing may be left. */
  readonly hasLeft?: () => boolean;
}

type Told = Pick<Snapshot, "phase" | "connection" | "live" | "storage">;

/**
 * One tab's share of the work: it reads and keeps what the person has, follows what other tabs write, and, when it is its
 * turn, syncs for all.
 */
export class Tab {
  told: Told = { phase: "opening", connection: { state: "idle" }, live: false, storage: "opening" };
  #engine: Engine | undefined;
  #lastRun: Promise<void> = Promise.resolve();
  #hearing: Promise<void> = Promise.resolve();
  readonly #keeping: Keeping;
  readonly #leaving = new Leaving(() => this.#keeping.rescue());
  /** Operations that this tab has sent and brought to an end. */
  readonly #settled = new Set<string>();

  constructor(
    private readonly parts: TabParts,
    private readonly replica: Replica,
    private readonly changed: () => void,
  ) {
    this.#keeping = new Keeping({
      area: parts.area,
      userId: parts.userId,
      replica,
      written: (touched) => parts.channel.post({ type: "written", touched }),
      unkept: (queued) => parts.channel.post({ type: "unkept", queued }),
      tell: (storage) => this.#tell({ storage }),
    });
  }

  /** Whether what this device keeps has been read. */
  get hasRead(): boolean {
    return this.#keeping.hasRead;
  }

  start(): () => void {
    const stopped = new AbortController();
    const { signal } = stopped;
    signal.addEventListener(
      "abort",
      this.parts.channel.listen((message) => this.#hear(message)),
    );
    // A tab that comes back from the browser's memory was told nothing meanwhile.
    globalThis.addEventListener?.("pageshow", (event) => event.persisted && void this.#reload(), { signal });
    // A page that goes takes with it what it is just writing: what was not committed is found at the next start.
    onLeave(() => this.#keeping.rescue(), signal);
    // What nobody expected is reported, and the next start begins anew.
    const failed = (error: unknown) => signal.aborted || globalThis.reportError?.(error);
    this.#lastRun = this.#lastRun.then(() => this.#run(signal)).catch(failed) as Promise<void>;
    return () => {
      this.#keeping.leave(this.parts.hasLeft?.());
      stopped.abort();
      this.#leaving.watch(false);
    };
  }

  /** Keeps what has been applied to the replica. */
  keep(batch: Batch): void {
    this.#keeping.keep(batch);
    this.#engine?.nudge();
    this.#notice();
  }

  kick(): void {
    if (this.#engine) this.#engine.kick();
    else this.parts.channel.post({ type: "kick" });
  }

  /** Waits for the last writes; answers whether a reload would bring everything back. */
  saved(signal: AbortSignal): Promise<boolean> {
    return this.#keeping.saved(signal);
  }

  /** Browsers close databases, and cannot always read them: then it is opened again, and at last done without. */
  async #run(signal: AbortSignal): Promise<void> {
    this.#keeping.begin();
    for (let breaks = 0; !signal.aborted; breaks++) {
      const since = Date.now();
      if (breaks > 0) await new Latch().wait(signal, backoff(breaks));
      await this.#stay(signal, breaks >= MOST_BREAKS);
      if (Date.now() - since > STABLE) breaks = 0;
    }
  }

  /** Resolves when the tab is stopped, or its storage was broken. */
  async #stay(signal: AbortSignal, inMemory: boolean): Promise<void> {
    const lost = new AbortController();
    let reason: LostReason | undefined;
    const lose = (why: LostReason) => {
      if (lost.signal.aborted) return;
      reason = why;
      this.#lose(why);
      lost.abort();
    };
    if (signal.aborted) return;
    const events = { lost: lose, blocked: () => this.#tell({ storage: "blocked" }) };
    const persistence = inMemory ? memoryPersistence() : await this.parts.open(events, signal);
    if (!(await this.#keeping.open(persistence, lose, inMemory))) lose("broken");
    else await this.#work(persistence, AbortSignal.any([signal, lost.signal]));
    // Where it was closed for good, nothing is left but to show what is known.
    if (reason !== "broken") await new Latch().wait(signal);
    await this.#keeping.close(AbortSignal.timeout(LAST_WRITES));
  }

  async #work(persistence: Persistence, signal: AbortSignal): Promise<void> {
    this.#tell({ phase: "ready", ...(signal.aborted ? {} : { storage: storageOf[persistence.kind] }) });
    this.#notice();
    this.parts.channel.post({ type: "asking" });
    await this.#lead(persistence, signal);
  }

  /** What nobody else sees does not need a lock: without shared storage, each tab is on its own. */
  async #lead(persistence: Persistence, signal: AbortSignal): Promise<void> {
    if (persistence.kind === "memory") return this.#sync(signal);
    try {
      await this.parts.locks.request(`daybook:sync:${this.parts.userId}`, { signal }, async () => {
        // Between another tab's last write and this moment nobody may have told.
        await this.#reload();
        await this.#sync(signal);
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #sync(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { replica, parts } = this;
    const change = (batch: Batch) => {
      for (const opId of batch.drop?.outbox ?? []) this.#settled.add(opId);
      this.#change(batch);
    };
    const report = (connection: Connection) => this.#report({ connection });
    const setLive = (live: boolean) => this.#report({ live });
    const engine = await takeLead({ transport: parts.transport, replica, change, report, setLive }, signal);
    this.#engine = engine;
    await engine.run(signal);
    this.#engine = undefined;
  }

  #report(told: Partial<Told>): void {
    this.#tell(told);
    const { connection, live } = this.told;
    this.parts.channel.post({ type: "status", connection, live });
  }

  #tell(told: Partial<Told>): void {
    const entries = Object.entries(told) as [keyof Told, unknown][];
    if (entries.every(([key, value]) => this.told[key] === value)) return;
    this.told = { ...this.told, ...told };
    this.#notice();
  }

  #notice(): void {
    const { unsent, conflicts, refusals } = this.replica;
    this.#leaving.watch(unsent + conflicts.size + refusals.size > 0 && unsafe.has(this.told.storage));
    this.changed();
  }

  #lose(reason: LostReason): void {
    if (reason === "erased") this.#keeping.erase();
    this.#tell({ storage: reason === "outdated" ? "outdated" : "volatile", live: false });
  }

  async #reload(): Promise<void> {
    await this.#keeping.reload();
    this.#notice();
  }

  #hear(message: StoreMessage): void {
    switch (message.type) {
      case "written":
        this.#hearing = this.#hearing.then(() => this.#follow(message.touched));
        break;
      case "unkept":
        this.#adopt(message.queued);
        break;
      case "settled":
        this.#change({ drop: { outbox: message.op_ids } });
        break;
      case "status":
        if (!this.#engine) this.#tell({ connection: message.connection, live: message.live });
        break;
      case "asking":
        if (this.#engine) this.#report({});
        break;
      default:
        this.#engine?.kick();
    }
  }

  /** What another tab could not write is sent from here, unless it was already. */
  #adopt(queued: readonly Queued[]): void {
    const isSettled = ({ operation }: Queued) => this.#settled.has(operation.op_id);
    const op_ids = queued.filter(isSettled).map(({ operation }) => operation.op_id);
    if (op_ids.length > 0) this.parts.channel.post({ type: "settled", op_ids });
    this.#change({ put: { outbox: queued.filter((each) => !isSettled(each)) } });
  }

  #change(batch: Batch): void {
    this.replica.apply(batch);
    this.keep(batch);
  }

  async #follow(touched: Touched): Promise<void> {
    if (!(await this.#keeping.follow(touched))) return;
    this.#engine?.nudge();
    this.#notice();
  }
}

/** How long a tab that is left waits for its last writes. */
const LAST_WRITES = 5_000;
/** After so many breaks in a row, what is done stays in memory. One that held for so long begins a new row. */
const MOST_BREAKS = 4;
const STABLE = 60_000;

/** Where closing the page may lose something. */
const unsafe: ReadonlySet<StorageState> = new Set(["volatile", "full", "blocked", "outdated", "opening"]);
