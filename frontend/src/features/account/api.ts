import { bodyOf } from "@/lib/api/client";
import type { Connection } from "@/lib/api/connect";
import type {
  AddedPasskey,
  ApiToken,
  AuditPage,
  CreatedApiToken,
  Device,
  Passkey,
  SecondFactor,
  TotpSetup,
  User,
} from "@/lib/api/types";
import { createPasskey } from "@/lib/passkeys";

type Load<Value> = (connection: Connection, signal?: AbortSignal) => Promise<Value>;
const listening = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** All of a collection, page by page. */
async function all<Item>(page: (query: { cursor?: string }) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const { items: more, next_cursor } = await page(cursor === null ? {} : { cursor });
    items.push(...more);
    cursor = next_cursor;
  } while (cursor !== null);
  return items;
}

export const loadUser: Load<User> = async ({ api }, signal) =>
  bodyOf((await api()).GET("/auth/me", listening(signal)));

export async function rename({ api, session }: Connection, name: string): Promise<void> {
  const body = { display_name: name || null };
  session.rename(await bodyOf((await api()).PATCH("/auth/me", { body })));
}

export async function sendVerification({ api }: Connection): Promise<void> {
  await (await api()).POST("/auth/email/verification");
}

interface PasswordChange {
  current_password: string;
  new_password: string;
}

export async function changePassword({ api }: Connection, body: PasswordChange): Promise<void> {
  await (await api()).POST("/auth/password", { body });
}

/* Second factor */

export const loadSecondFactor: Load<SecondFactor> = async ({ api }, signal) =>
  bodyOf((await api()).GET("/auth/second-factor", listening(signal)));

export const beginTotp = async ({ api }: Connection, password: string): Promise<TotpSetup> =>
  bodyOf((await api()).POST("/auth/second-factor/totp", { body: { password } }));

export async function confirmTotp({ api }: Connection, code: string): Promise<string[]> {
  const answer = await bodyOf((await api()).POST("/auth/second-factor/totp/confirm", { body: { code } }));
  return answer.recovery_codes;
}

export async function removeTotp({ api }: Connection, body: Required<Proof>): Promise<void> {
  await (await api()).POST("/auth/second-factor/totp/remove", { body });
}

export interface Proof {
  password: string;
  code?: string;
}

export async function renewRecoveryCodes({ api }: Connection, body: Proof): Promise<string[]> {
  const answer = await bodyOf((await api()).POST("/auth/second-factor/recovery-codes", { body }));
  return answer.recovery_codes;
}

/* Passkeys */

export const loadPasskeys: Load<Passkey[]> = async ({ api }, signal) => {
  const client = await api();
  return all((query) => bodyOf(client.GET("/auth/passkeys", { params: { query }, ...listening(signal) })));
};

export async function addPasskey({ api }: Connection, name: string, proof: Proof): Promise<AddedPasskey> {
  const client = await api();
  const options = await bodyOf(client.POST("/auth/passkeys/options", { body: proof }));
  const credential = await createPasskey(options);
  return bodyOf(client.POST("/auth/passkeys", { body: { name, credential } }));
}

export async function removePasskey({ api }: Connection, id: string, proof: Proof): Promise<void> {
  const params = { path: { passkey_id: id } };
  await (await api()).POST("/auth/passkeys/{passkey_id}/remove", { params, body: proof });
}

/* Devices */

export const loadDevices: Load<Device[]> = async ({ api }, signal) => {
  const client = await api();
  return all((query) => bodyOf(client.GET("/auth/sessions", { params: { query }, ...listening(signal) })));
};

export async function endDevice({ api }: Connection, id: string): Promise<void> {
  await (await api()).DELETE("/auth/sessions/{session_id}", { params: { path: { session_id: id } } });
}

export async function endOtherDevices({ api }: Connection): Promise<void> {
  await (await api()).DELETE("/auth/sessions");
}

/* API tokens */

export const loadTokens: Load<ApiToken[]> = async ({ api }, signal) => {
  const client = await api();
  return all((query) => bodyOf(client.GET("/auth/tokens", { params: { query }, ...listening(signal) })));
};

type NewToken = Pick<ApiToken, "name" | "scopes"> & { expires_in_days: number; password: string };

export const createToken = async ({ api }: Connection, body: NewToken): Promise<CreatedApiToken> =>
  bodyOf((await api()).POST("/auth/tokens", { body }));

export async function revokeToken({ api }: Connection, id: string): Promise<void> {
  await (await api()).DELETE("/auth/tokens/{token_id}", { params: { path: { token_id: id } } });
}

/* Security log, and what becomes of the data */

export async function loadAudit(
  { api }: Connection,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<AuditPage> {
  const query = { limit: 25, ...(cursor !== null && { cursor }) };
  return bodyOf((await api()).GET("/auth/audit", { params: { query }, ...listening(signal) }));
}

/** What both services keep of the person, as one document. */
export async function exportData({ api }: Connection): Promise<Blob> {
  const client = await api();
  const account = await bodyOf(client.GET("/auth/export"));
  const todos = await all((query) =>
    bodyOf(client.GET("/todos", { params: { query: { ...query, status: "all", limit: 200 } } })),
  );
  return new Blob([JSON.stringify({ account, todos }, null, 2)], { type: "application/json" });
}

/** Deletes the account; what this browser keeps of it goes, too. */
export async function deleteAccount({ api, session }: Connection, body: Proof): Promise<void> {
  await (await api()).DELETE("/auth/me", { body });
  await session.signOut("deleted");
}
