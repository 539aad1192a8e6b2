import { authorised, createApi, type Tokens } from "@/lib/api/client";
import { readProblem } from "@/lib/api/problems";
import { retrying } from "@/lib/api/retry";
import type { OperationResult } from "@/lib/api/types";
import { memoryArea } from "@/lib/storage/area";
import { httpTransport } from "@/lib/sync/http-transport";
import type { StoreMessage } from "@/lib/sync/messages";
import { openDatabase } from "@/lib/sync/persistence/database";
import type { Persistence } from "@/lib/sync/persistence/port";
import { Store } from "@/lib/sync/store";
import type { Transport } from "@/lib/sync/transport";
import type { Operation } from "@/lib/sync/types";
import { Disk } from "@/testing/devices/disk";
import { Network } from "@/testing/devices/network";
import { Random } from "@/testing/devices/random";
import { connectedChannels, sharedLocks } from "@/testing/tabs";

/** What the server said about an operation, the last time it was asked. */
export interface Verdict {
  readonly operation: Operation;
  readonly result: OperationResult;
}

/** A device: the app's own store, database adapter and API client, over a network that can be bad. */
export class Device {
  readonly network: Network;
  readonly random: Random;
  readonly verdicts = new Map<string, Verdict>();
  /** Operations that were on its disk once: what was not is nothing that a crash may not take. */
  readonly kept = new Set<string>();
  readonly disk = new Disk();
  store: Store;
  #stop: () => void = () => undefined;
  readonly #transport: Transport;

  constructor(
    readonly name: string,
    api: string,
    tokens: Tokens,
    seed: number,
  ) {
    this.random = new Random(seed);
    this.network = new Network(new Random(seed + 1));
    const send = authorised(tokens, this.network.send);
    const client = createApi(api, retrying(send));
    const openStream = async (path: string, signal: AbortSignal) => {
      const response = await send(new Request(new URL(path, api), { signal }));
      if (!response.ok) throw await readProblem(response);
      return response;
    };
    this.#transport = this.#watched(httpTransport(async () => client, openStream));
    this.store = this.#open();
  }

  /** Goes away in the middle of everything, also of a write, and comes back with what was on its disk. */
  crash(): void {
    this.disk.crash();
    this.#stop();
    this.store = this.#open();
  }

  stop(): void {
    this.#stop();
  }

  #open(): Store {
    const [channel] = connectedChannels<StoreMessage>(1);
    if (!channel) throw new Error("one channel was asked for");
    const store = new Store({
      userId: this.name,
      area: memoryArea(),
      transport: this.#transport,
      open: async (events) => this.#noting(await openDatabase(this.name, events, this.disk.engine)),
      locks: sharedLocks(),
      channel,
    });
    this.#stop = store.start();
    return store;
  }

  #noting(persistence: Persistence): Persistence {
    return {
      ...persistence,
      write: async (batch) => {
        await persistence.write(batch);
        for (const { operation } of batch.put?.outbox ?? []) this.kept.add(operation.op_id);
      },
    };
  }

  /** Keeps the answers, to compare them with what there is in the end. */
  #watched(transport: Transport): Transport {
    return {
      ...transport,
      push: async (operations, signal) => {
        const answer = await transport.push(operations, signal);
        for (const result of answer.results) {
          const operation = operations.find(({ op_id }) => op_id === result.op_id);
          if (operation) this.verdicts.set(operation.op_id, { operation, result });
        }
        return answer;
      },
    };
  }
}
