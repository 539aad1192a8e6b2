import type { Send } from "@/lib/api/client";
import { Unreachable } from "@/lib/api/problems";
import type { Random } from "@/testing/devices/random";

/** What a device's network does to requests: everything arrives, nothing does, or it is anybody's guess. */
export type Weather = "clear" | "offline" | "stormy";

/** In a storm, so many requests are lost, and so many answers to requests that arrived. */
const LOST_REQUESTS = 0.2;
const LOST_ANSWERS = 0.2;

export class Network {
  weather: Weather = "clear";
  lost = { requests: 0, answers: 0 };
  readonly #open = new Set<AbortController>();

  constructor(private readonly random: Random) {}

  /** Bad weather cuts what is under way. */
  become(weather: Weather): void {
    this.weather = weather;
    if (weather === "offline") for (const connection of this.#open) connection.abort();
  }

  readonly send: Send = async (request) => {
    if (this.#loses(LOST_REQUESTS)) {
      this.lost.requests++;
      throw new Unreachable();
    }
    const connection = new AbortController();
    this.#open.add(connection);
    try {
      const signal = AbortSignal.any([request.signal, connection.signal]);
      const response = await fetch(new Request(request, { signal }));
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
      if (!isStream && this.#loses(LOST_ANSWERS)) {
        await response.body?.cancel();
        this.lost.answers++;
        throw new Unreachable();
      }
      return response;
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      throw new Unreachable({ cause });
    } finally {
      if (this.weather !== "clear") this.#open.delete(connection);
    }
  };

  #loses(share: number): boolean {
    return this.weather === "offline" || (this.weather === "stormy" && this.random.next() < share);
  }
}
