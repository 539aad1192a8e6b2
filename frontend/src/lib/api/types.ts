import type { paths } from "@/lib/api/schema";

type Method = "get" | "put" | "post" | "patch" | "delete";

type Json<Path extends keyof paths, Verb extends Method, Status extends number> =
  paths[Path] extends Record<
    Verb,
    { responses: { [Code in Status]: { content: { "application/json": infer Body } } } }
  >
    ? Body
    : never;

type Sent<Path extends keyof paths, Verb extends Method> =
  paths[Path] extends Record<Verb, { requestBody: { content: { "application/json": infer Body } } }>
    ? Body
    : never;

type Query<Path extends keyof paths, Verb extends Method> =
  paths[Path] extends Record<Verb, { parameters: { query?: infer Asked } }> ? NonNullable<Asked> : never;

type ItemOf<Body> = Body extends { items: (infer Item)[] } ? Item : never;

/** Named by where they travel, so that regenerating the schema under other component names changes nothing here. */
export type User = Json<"/auth/me", "get", 200>;
export type SignedIn = Json<"/auth/login", "post", 200>;
export type Device = ItemOf<Json<"/auth/sessions", "get", 200>>;
export type AuditPage = Json<"/auth/audit", "get", 200>;
export type AuditEntry = ItemOf<AuditPage>;
export type SecondFactor = Json<"/auth/second-factor", "get", 200>;
export type TotpSetup = Json<"/auth/second-factor/totp", "post", 200>;
export type Passkey = ItemOf<Json<"/auth/passkeys", "get", 200>>;
export type AddedPasskey = Json<"/auth/passkeys", "post", 201>;
export type ApiToken = ItemOf<Json<"/auth/tokens", "get", 200>>;
export type CreatedApiToken = Json<"/auth/tokens", "post", 201>;
export type TrashPage = Json<"/todos/trash", "get", 200>;
export type HistoryPage = Json<"/todos/{todo_id}/history", "get", 200>;
export type HistoryEntry = ItemOf<HistoryPage>;
export type ImportFormat = NonNullable<Query<"/todos/import", "post">["format"]>;
export type ImportReport = Json<"/todos/import", "post", 200>;
export type ImportNote = ImportReport["skipped"][number];
export type ChangesPage = Json<"/sync/changes", "get", 200>;
export type SyncedTodo = Extract<ChangesPage["changes"][number], { title: string }>;
/** What is left of a deleted todo in the stream of changes. `purged` is there only where it is true. */
export type Tombstone = Exclude<ChangesPage["changes"][number], SyncedTodo>;
export type OperationIn = Sent<"/sync/operations", "post">["operations"][number];
export type OperationsAnswer = Json<"/sync/operations", "post", 200>;
export type OperationResult = OperationsAnswer["results"][number];
export type Verdict = Exclude<OperationResult["outcome"], "duplicate">;
