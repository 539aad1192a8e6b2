import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiProblem } from "@/lib/api/problems";
import type { FakeServer } from "@/testing/fake-server";

export interface RunningApi {
  readonly url: string;
  close(): Promise<void>;
}

/** The protocol over HTTP, before a server in memory: for tests of what travels, and of the driver of devices. */
export async function serve(server: FakeServer): Promise<RunningApi> {
  const http = createServer((request, response) => {
    answer(server, request, response).catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

async function answer(server: FakeServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const [, todoId] = /^\/todos\/([^/]+)\/history$/.exec(pathname) ?? [];
  if (pathname === "/sync/operations") {
    const { operations } = JSON.parse(await textOf(request)) as { operations: never[] };
    send(response, await server.push(operations));
  } else if (pathname === "/sync/changes") send(response, await server.pull(searchParams.get("cursor")));
  else if (pathname === "/sync/stream") stream(server, response);
  else if (pathname === "/todos") send(response, { items: server.live(), next_cursor: null });
  else if (todoId) send(response, { items: server.history.get(todoId) ?? [], next_cursor: null });
  else send(response, { title: "not found", status: 404 }, 404);
}

function stream(server: FakeServer, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform" });
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const write = (event: object & { type: string }) => {
    const { type, ...data } = event;
    response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  void server.stream(write, gone.signal).then(() => response.end());
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function fail(response: ServerResponse, error: unknown): void {
  const { status, slug, title } =
    error instanceof ApiProblem ? error : { status: 500, slug: "internal", title: String(error) };
  send(response, { type: `urn:problem:${slug}`, title, status }, status);
}
