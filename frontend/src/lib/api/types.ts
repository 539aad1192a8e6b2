import type { AccountPaths } from "@/lib/api/account-schema";
import type { paths } from "@/lib/api/schema";

export type ApiPaths = Omit<paths, keyof AccountPaths> & AccountPaths;

type Method = "get" | "put" | "post" | "patch" | "delete";

type Json<Path extends keyof ApiPaths, Verb extends Method, Status extends number> =
  ApiPaths[Path] extends Record<
    Verb,
    { responses: { [Code in Status]: { content: { "application/json": infer Body } } } }
  >
    ? Body
    : never;

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
export type ApiToken = ItemOf<Json<"/auth/tokens", "get", 200>>;
export type CreatedApiToken = Json<"/auth/tokens", "post", 201>;
export type TodoDocument = Json<"/todos/{todo_id}", "get", 200>;
export type TodoPage = Json<"/todos", "get", 200>;
