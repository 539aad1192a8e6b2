/**
 * What the account endpoints take and answer, written by hand. `npm run openapi` writes the same into `schema.d.ts`
 * from a running gateway; then this file goes, and `ApiPaths` in `types.ts` is `paths` again.
 */
import type { components } from "@/lib/api/schema";

type User = components["schemas"]["UserOut"];
type SignedIn = components["schemas"]["SignedIn"];

export interface Collection<Item> {
  items: Item[];
  next_cursor: string | null;
}

interface Page {
  cursor?: string;
  limit?: number;
}

interface Answer<Body> {
  headers: { [name: string]: unknown };
  content: { "application/json": Body };
}

interface NoContent {
  headers: { [name: string]: unknown };
  content?: never;
}

interface Sends<Body> {
  requestBody: { content: { "application/json": Body } };
}

interface Asks<Query> {
  parameters: { query?: Query; header?: never; path?: never; cookie?: never };
}

interface Names<Path> {
  parameters: { query?: never; header?: never; path: Path; cookie?: never };
}

type Plain = Asks<never>;

interface Answers<Body> {
  responses: { 200: Answer<Body> };
}

interface Creates<Body> {
  responses: { 201: Answer<Body> };
}

interface Does {
  responses: { 204: NoContent };
}

interface Accepts {
  responses: { 202: NoContent };
}

export interface DeviceOut {
  id: string;
  current: boolean;
  device: string | null;
  address: string | null;
  created_at: string;
  last_used_at: string;
}

export interface AuditEntryOut {
  id: string;
  kind: string;
  at: string;
  device: string | null;
  address: string | null;
  session_id: string | null;
  request_id: string | null;
  details: { [name: string]: unknown };
}

export interface SecondFactorOut {
  totp: boolean;
  recovery_codes_left: number;
  passkeys: number;
}

export interface TotpSetupOut {
  secret: string;
  /** `otpauth://…`, for an authenticator on this device. */
  uri: string;
  /** The same as a picture: an SVG document. */
  qr_svg: string;
}

export interface RecoveryCodesOut {
  recovery_codes: string[];
}

export interface PasskeyOut {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
}

export type Scope = "todos:read" | "todos:write";

export interface ApiTokenOut {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
}

interface Credentials {
  email: string;
  password: string;
  /** Six digits of the authenticator app, or a recovery code. */
  code?: string;
  /** An assertion of `navigator.credentials.get`, as JSON. */
  passkey?: object;
}

interface Registration {
  email: string;
  password: string;
  display_name?: string;
}

export interface AccountPaths {
  "/auth/register": {
    post: Plain & Sends<Registration> & { responses: { 201: Answer<SignedIn>; 202: NoContent } };
  };
  "/auth/login": { post: Plain & Sends<Credentials> & Answers<SignedIn> };
  "/auth/login/passkey/options": { post: Plain & Sends<{ email?: string }> & Answers<object> };
  "/auth/login/passkey": { post: Plain & Sends<{ credential: object }> & Answers<SignedIn> };
  "/auth/me": {
    get: Plain & Answers<User>;
    patch: Plain & Sends<{ display_name: string | null }> & Answers<User>;
    delete: Plain & Sends<{ password: string; code?: string }> & Does;
  };
  "/auth/export": { get: Plain & Answers<object> };
  "/auth/password": { post: Plain & Sends<{ current_password: string; new_password: string }> & Does };
  "/auth/password/forgot": { post: Plain & Sends<{ email: string }> & Accepts };
  "/auth/password/reset": { post: Plain & Sends<{ token: string; new_password: string }> & Does };
  "/auth/email/verify": { post: Plain & Sends<{ token: string }> & Does };
  "/auth/email/verification": { post: Plain & Accepts };
  "/auth/audit": { get: Asks<Page> & Answers<Collection<AuditEntryOut>> };
  "/auth/sessions": { get: Asks<Page> & Answers<Collection<DeviceOut>>; delete: Plain & Does };
  "/auth/sessions/{session_id}": { delete: Names<{ session_id: string }> & Does };
  "/auth/second-factor": { get: Plain & Answers<SecondFactorOut> };
  "/auth/second-factor/totp": { post: Plain & Sends<{ password: string }> & Answers<TotpSetupOut> };
  "/auth/second-factor/totp/confirm": { post: Plain & Sends<{ code: string }> & Answers<RecoveryCodesOut> };
  "/auth/second-factor/totp/remove": { post: Plain & Sends<{ password: string; code: string }> & Does };
  "/auth/second-factor/recovery-codes": {
    post: Plain & Sends<{ password: string; code?: string }> & Answers<RecoveryCodesOut>;
  };
  "/auth/passkeys": {
    get: Asks<Page> & Answers<Collection<PasskeyOut>>;
    post: Plain & Sends<{ name: string; credential: object }> & Creates<PasskeyOut>;
  };
  "/auth/passkeys/options": { post: Plain & Sends<{ password: string }> & Answers<object> };
  "/auth/passkeys/{passkey_id}/remove": {
    post: Names<{ passkey_id: string }> & Sends<{ password: string }> & Does;
  };
  "/auth/tokens": {
    get: Asks<Page> & Answers<Collection<ApiTokenOut>>;
    post: Plain &
      Sends<{ name: string; scopes: Scope[]; expires_in_days: number; password: string }> &
      Creates<ApiTokenOut & { token: string }>;
  };
  "/auth/tokens/{token_id}": { delete: Names<{ token_id: string }> & Does };
}
