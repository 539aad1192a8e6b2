import { describe, expect, test } from "vitest";
import { createCache } from "@/lib/api/cache";

const URL = "http://api.test/auth/sessions";

/** A server whose answer has a version. */
function serve() {
  const state = { version: 1, tagged: true, asked: [] as (string | null)[] };
  const { caching, clear } = createCache();
  const send = caching(async (request) => {
    const known = request.headers.get("if-none-match");
    state.asked.push(known);
    const etag = `"v${state.version}"`;
    if (known === etag) return new Response(null, { status: 304 });
    return Response.json({ version: state.version }, state.tagged ? { headers: { etag } } : {});
  });
  const read = async (url = URL) => (await (await send(new Request(url))).json()) as unknown;
  return { state, send, read, clear };
}

describe("caching", () => {
  test("asks whether an answer is still so, and gives it again", async () => {
    const { state, read } = serve();
    expect(await read()).toEqual({ version: 1 });
    expect(await read()).toEqual({ version: 1 });
    expect(await read()).toEqual({ version: 1 });
    expect(state.asked).toEqual([null, '"v1"', '"v1"']);
  });

  test("takes the new answer when it is not", async () => {
    const { state, read } = serve();
    await read();
    state.version = 2;
    expect(await read()).toEqual({ version: 2 });
    expect(await read()).toEqual({ version: 2 });
    expect(state.asked).toEqual([null, '"v1"', '"v2"']);
  });

  test("keeps nothing that has no tag, and nothing that is written", async () => {
    const { state, send, read } = serve();
    state.tagged = false;
    await read();
    await read();
    await send(new Request(URL, { method: "POST", body: "{}" }));
    expect(state.asked).toEqual([null, null, null]);
  });

  test("forgets everything when somebody leaves", async () => {
    const { state, read, clear } = serve();
    await read();
    clear();
    await read();
    expect(state.asked).toEqual([null, null]);
  });

  test("does not grow without end", async () => {
    const { state, read } = serve();
    for (let page = 0; page < 60; page++) await read(`${URL}?page=${page}`);
    await read(`${URL}?page=0`);
    await read(`${URL}?page=59`);
    expect(state.asked.slice(-2)).toEqual([null, '"v1"']);
  });

  test("leaves alone who asks in this way already", async () => {
    const { state, send, read } = serve();
    await read();
    const response = await send(new Request(URL, { headers: { "if-none-match": '"v1"' } }));
    expect(response.status).toBe(304);
    expect(state.asked).toEqual([null, '"v1"']);
  });
});
