import type { paths } from "@/lib/api/schema";

type Method = "get" | "put" | "post" | "patch" | "delete";

type Json<Path extends keyof paths, Verb extends Method, Status extends number> = paths[Path][Verb] extends {
  responses: { [Code in Status]: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

/** Named by where they travel, so that regenerating the schema under other component names changes nothing here. */
export type User = Json<"/auth/me", "get", 200>;
export type SignedIn = Json<"/auth/login", "post", 200>;
export type TodoDocument = Json<"/todos/{todo_id}", "get", 200>;
export type TodoPage = Json<"/todos", "get", 200>;
