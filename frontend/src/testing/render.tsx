import { type RenderResult, render } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import type { ReactElement } from "react";
import { type Runtime, RuntimeContext } from "@/hooks/runtime";
import { TodoStoreContext } from "@/hooks/todo-store";
import { createApi, type Send } from "@/lib/api/client";
import type { Connection } from "@/lib/api/connect";
import { Session } from "@/lib/api/session";
import type { SessionMessage } from "@/lib/api/session-types";
import { memoryArea } from "@/lib/storage/area";
import type { StorageArea } from "@/lib/storage/entry";
import { createLocal } from "@/lib/storage/local";
import type { StoreMessage } from "@/lib/sync/messages";
import { memoryPersistence } from "@/lib/sync/persistence/memory";
import type { OpenPersistence } from "@/lib/sync/persistence/port";
import { Store } from "@/lib/sync/store";
import { FakeServer } from "@/testing/fake-server";
import { answer } from "@/testing/sessions";
import { connectedChannels, sharedLocks } from "@/testing/tabs";

export interface World {
  readonly runtime: Runtime;
  readonly session: Session;
  readonly store: Store;
  readonly server: FakeServer;
}

interface WorldOptions {
  /** Answers what register and sign-in send. */
  send?: Send;
  area?: StorageArea;
  server?: FakeServer;
  open?: OpenPersistence;
}

/** The app's parts without a browser's network: a real session and a real store before a server that is none. */
export function createWorld(options: WorldOptions = {}): World {
  const { area = memoryArea(), server = new FakeServer(), send = async () => Response.json({}) } = options;
  const local = createLocal(area);
  const locks = sharedLocks();
  const [sessionChannel] = connectedChannels<SessionMessage>(1);
  const [storeChannel] = connectedChannels<StoreMessage>(1);
  if (!sessionChannel || !storeChannel) throw new Error("one channel each was asked for");
  const calls = {
    refresh: async () => Response.json(answer()),
    logout: async () => new Response(null, { status: 204 }),
  };
  const session = new Session({
    calls,
    hint: local.session,
    channel: sessionChannel,
    locks,
    forget: () => undefined,
  });
  const api = async () => createApi("http://api.test", send);
  const openStream = async () => new Response("");
  const connection: Connection = { session, api, guestApi: api, openStream, as: () => ({ api, openStream }) };
  const { open = async () => memoryPersistence() } = options;
  const store = new Store({ userId: "u1", area, transport: server, locks, channel: storeChannel, open });
  return { runtime: { area, local, connection }, session, store, server };
}

interface Rendered extends RenderResult {
  readonly user: UserEvent;
}

export function renderIn(world: World, element: ReactElement): Rendered {
  const user = userEvent.setup({ delay: null });
  const result = render(element, {
    wrapper: ({ children }) => (
      <RuntimeContext value={world.runtime}>
        <TodoStoreContext value={world.store}>{children}</TodoStoreContext>
      </RuntimeContext>
    ),
  });
  return { ...result, user };
}
