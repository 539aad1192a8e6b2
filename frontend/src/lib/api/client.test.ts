import { describe, expect, test, vi } from "vitest";
import { authorised, bodyOf, createApi, reaching, type Send, type Tokens } from "@/lib/api/client";
import { ApiProblem, Unreachable } from "@/lib/api/problems";

const ORIGIN = "http://api.test";

/** A server that takes the token `new` only, and remembers what it was sent. */
function server() {
  const seen: { token: string | null; body: string }[] = [];
  const send: Send = async (request) => {
    const token = request.headers.get("authorization");
    seen.push({ token, body: await request.text() });
    return token === "Bearer new"
      ? Response.json({ id: "1" }, { status: 201 })
      : new Response("{}", { status: 401 });
  };
  return { seen, send };
}

/** Tokens whose renewal takes a moment, shared by those who wait for it. */
function tokens(): Tokens & { renewals: number } {
  let renewing: Promise<string> | undefined;
  const self = {
    renewals: 0,
    current: async () => "old",
    renew: async () => {
      renewing ??= Promise.resolve().then(() => {
        self.renewals++;
        return "new";
      });
      return renewing;
    },
  };
  return self;
}

describe("authorised", () => {
  test("ten refused requests at once: one renewal, each body sent again as it was", async () => {
    const { seen, send } = server();
    const source = tokens();
    const api = createApi(ORIGIN, authorised(source, send));
    const titles = Array.from({ length: 10 }, (_, index) => `todo ${index}`);

    const answers = await Promise.all(titles.map((title) => api.POST("/todos", { body: { title } })));

    expect(answers.map(({ response }) => response.status)).toEqual(titles.map(() => 201));
    expect(source.renewals).toBe(1);
    const repeated = seen
      .filter(({ token }) => token === "Bearer new")
      .map(({ body }) => JSON.parse(body).title);
    expect(repeated.sort()).toEqual(titles);
  });

  test("repeats once only", async () => {
    const send = vi.fn<Send>(async () => new Response("{}", { status: 401 }));
    const api = createApi(ORIGIN, authorised(tokens(), send));
    await expect(api.GET("/auth/me")).rejects.toMatchObject({ status: 401 });
    expect(send).toHaveBeenCalledTimes(2);
  });

  test("does not send a wrong password a second time", async () => {
    const refused = { type: "urn:problem:invalid-credentials", status: 401 };
    const send = vi.fn<Send>(async () => Response.json(refused, { status: 401 }));
    const source = tokens();
    const body = { password: "wrong" };
    const call = createApi(ORIGIN, authorised(source, send)).POST("/auth/passkeys/options", { body });
    await expect(call).rejects.toMatchObject({ slug: "invalid-credentials" });
    expect(send).toHaveBeenCalledTimes(1);
    expect(source.renewals).toBe(0);
  });

  test("gives the refusal on when there is no newer token", async () => {
    const send = vi.fn<Send>(async () => new Response("{}", { status: 401 }));
    const ended: Tokens = { current: async () => "old", renew: async () => undefined };
    await expect(createApi(ORIGIN, authorised(ended, send)).GET("/auth/me")).rejects.toBeInstanceOf(
      ApiProblem,
    );
    expect(send).toHaveBeenCalledTimes(1);
  });
});

describe("reaching", () => {
  test("names what happens when there is no answer", async () => {
    const send = reaching(async () => {
      throw new TypeError("fetch failed");
    });
    await expect(send(new Request(ORIGIN))).rejects.toBeInstanceOf(Unreachable);
  });

  test("leaves an abort what it is", async () => {
    const stop = new AbortController();
    const send = reaching(async () => {
      stop.abort();
      throw stop.signal.reason;
    });
    await expect(send(new Request(ORIGIN, { signal: stop.signal }))).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});

describe("createApi", () => {
  test("throws problems, with what the server says about them", async () => {
    const body = { type: "urn:problem:todo-not-found", title: "There is no such todo", status: 404 };
    const api = createApi(ORIGIN, async () => Response.json(body, { status: 404 }));
    const call = api.GET("/todos/{todo_id}", { params: { path: { todo_id: "1" } } });
    await expect(call).rejects.toMatchObject({ name: "ApiProblem", slug: "todo-not-found" });
  });
});

describe("bodyOf", () => {
  test("is what the call was made for", async () => {
    const api = createApi(ORIGIN, async () => Response.json({ totp: true }));
    expect(await bodyOf(api.GET("/auth/second-factor"))).toEqual({ totp: true });
  });

  test("an answer without one is a mistake", async () => {
    const api = createApi(ORIGIN, async () => new Response(null, { status: 204 }));
    await expect(bodyOf(api.GET("/auth/second-factor"))).rejects.toThrow("no body");
  });
});
