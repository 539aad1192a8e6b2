import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";

const source = readFileSync(new URL("sw.js", import.meta.url), "utf8");
const ORIGIN = "http://app.test";

class FakeCache {
  readonly entries = new Map<string, Response>();

  constructor(private readonly load: (url: string) => Promise<Response>) {}

  async match(request: Request | string) {
    return this.entries.get(pathOf(request))?.clone();
  }
  async put(request: Request | string, response: Response) {
    this.entries.set(pathOf(request), response);
  }
  async add(request: Request | string) {
    const response = await this.load(pathOf(request));
    if (!response.ok) throw new TypeError("not there");
    this.entries.set(pathOf(request), response);
  }
  async addAll(requests: Request[]) {
    for (const request of requests) await this.add(request);
  }
  async keys() {
    return [...this.entries.keys()].map((path) => new Request(ORIGIN + path));
  }
  async delete(request: Request) {
    return this.entries.delete(pathOf(request));
  }
}

const pathOf = (request: Request | string): string =>
  new URL(typeof request === "string" ? request : request.url, ORIGIN).pathname;

/** A browser's caches, and the web server behind it. */
function browser() {
  const stores = new Map<string, FakeCache>();
  const network = { online: true, served: vi.fn((path: string) => new Response(`network ${path}`)) };
  const load = async (url: string) => {
    if (!network.online) throw new TypeError("offline");
    return network.served(pathOf(url));
  };
  const open = async (name: string) => {
    const cache = stores.get(name) ?? new FakeCache(load);
    stores.set(name, cache);
    return cache;
  };
  const caches = {
    open,
    keys: async () => [...stores.keys()],
    delete: async (name: string) => stores.delete(name),
    match: async (request: Request | string) => {
      for (const cache of stores.values()) {
        const found = await cache.match(request);
        if (found) return found;
      }
      return undefined;
    },
  };
  const kept = async (name: string) => [...(await open(name)).entries.keys()].sort();
  return { network, load, caches, kept };
}

type Handler = (event: object) => void;

/** One version of the worker, as the build writes it. */
function worker(where: ReturnType<typeof browser>, version: string, assets: string[]) {
  const handlers = new Map<string, Handler>();
  const self = {
    __VERSION: version,
    __MANIFEST: {
      assets,
      documents: [
        ["/", "h1"],
        ["/settings", "h2"],
      ],
    },
    addEventListener: (type: string, handler: Handler) => handlers.set(type, handler),
    skipWaiting: vi.fn(async () => undefined),
    clients: { claim: vi.fn(async () => undefined) },
    location: new URL(ORIGIN),
  };
  class LocalRequest extends Request {
    constructor(input: string, init?: RequestInit) {
      super(new URL(input, ORIGIN), init);
    }
  }
  const fetchIt = (request: Request | string) =>
    where.load(typeof request === "string" ? request : request.url);
  const globals = {
    self,
    caches: where.caches,
    fetch: fetchIt,
    Request: LocalRequest,
    Response,
    URL,
    AbortSignal,
  };
  runInContext(source, createContext(globals));
  const send = async (type: string, event: object = {}) => {
    const waits: Promise<unknown>[] = [];
    handlers.get(type)?.({ ...event, waitUntil: (promise: Promise<unknown>) => waits.push(promise) });
    await Promise.all(waits);
  };
  const ask = async (path: string, options: { mode?: string; headers?: Record<string, string> } = {}) => {
    const request = Object.assign(new Request(ORIGIN + path, { headers: options.headers ?? {} }));
    Object.defineProperty(request, "mode", { value: options.mode ?? "cors" });
    let answer: Promise<Response> | undefined;
    handlers.get("fetch")?.({ request, respondWith: (response: Promise<Response>) => (answer = response) });
    return answer === undefined ? "not touched" : (await answer).text();
  };
  return { self, send, ask };
}

const OLD = ["/_next/static/shared.js", "/_next/static/old.js"];
const NEW = ["/_next/static/shared.js", "/_next/static/new.js"];

async function installed() {
  const where = browser();
  const old = worker(where, "1", OLD);
  await old.send("install");
  await old.send("activate");
  return { where, old };
}

describe("without a network", () => {
  test("pages, scripts and the configuration come from what is kept", async () => {
    const { where, old } = await installed();
    await old.ask("/config.json");
    where.network.online = false;
    expect(await old.ask("/settings", { mode: "navigate" })).toBe("network /settings");
    expect(await old.ask("/tag/home?x=1", { mode: "navigate" })).toBe("network /");
    expect(await old.ask("/_next/static/old.js")).toBe("network /_next/static/old.js");
    expect(await old.ask("/config.json")).toBe("network /config.json");
  });

  test("nothing is answered for other origins, for writes, or with a page in the place of a payload", async () => {
    const { where, old } = await installed();
    where.network.online = false;
    expect(await old.ask("/settings", { headers: { rsc: "1" } })).toBe("not touched");
    expect(await old.ask("/somewhere/else")).toBe("not touched");
  });
});

describe("with a network", () => {
  test("a page is asked for, unless the server is in trouble", async () => {
    const { where, old } = await installed();
    where.network.served.mockImplementationOnce(() => new Response("new", { status: 200 }));
    expect(await old.ask("/", { mode: "navigate" })).toBe("new");
    where.network.served.mockImplementationOnce(() => new Response("broken", { status: 502 }));
    expect(await old.ask("/", { mode: "navigate" })).toBe("network /");
  });
});

describe("a newer version", () => {
  test("waits beside the old one until it is told to go ahead", async () => {
    const { where, old } = await installed();
    const next = worker(where, "2", NEW);
    await next.send("install");
    expect(next.self.skipWaiting).not.toHaveBeenCalled();
    expect(await old.ask("/_next/static/old.js")).toBe("network /_next/static/old.js");
    await next.send("message", { data: { type: "something else" } });
    expect(next.self.skipWaiting).not.toHaveBeenCalled();
    await next.send("message", { data: { type: "activate" } });
    expect(next.self.skipWaiting).toHaveBeenCalledOnce();
  });

  test("keeps the scripts of the one before for tabs that go on with it, and no older ones", async () => {
    const { where } = await installed();
    const next = worker(where, "2", NEW);
    await next.send("install");
    await next.send("activate");
    expect(await where.kept("assets-v1")).toEqual([...NEW, "/_next/static/old.js"].sort());
    expect((await where.caches.keys()).sort()).toEqual(["assets-v1", "documents-2"]);
    const third = worker(where, "3", ["/_next/static/third.js"]);
    await third.send("install");
    await third.send("activate");
    expect(await where.kept("assets-v1")).toEqual([...NEW, "/_next/static/third.js"].sort());
  });

  test("knows where the API is, although it has never asked", async () => {
    const { where, old } = await installed();
    await old.ask("/config.json");
    const next = worker(where, "2", NEW);
    await next.send("install");
    await next.send("activate");
    where.network.online = false;
    expect(await next.ask("/config.json")).toBe("network /config.json");
  });

  test("that misses a part is not installed", async () => {
    const { where } = await installed();
    where.network.served.mockImplementation(
      (path) => new Response("", { status: path.includes("new") ? 404 : 200 }),
    );
    await expect(worker(where, "2", NEW).send("install")).rejects.toThrow("not there");
  });
});
