// The service worker: keeps the shell of the app for when there is no network. It never touches API traffic, which
// goes to another origin and belongs to the sync engine. `scripts/build-sw.mjs` fills in the two constants.
const VERSION = self.__VERSION;
const { assets, documents } = self.__MANIFEST;

const ASSETS = "assets-v1";
const DOCUMENTS = `documents-${VERSION}`;
const CONFIG = "/config.json";
/** In each cache of documents, what else its version consists of. Not an address of the app. */
const LISTS = "/__assets.json";
/** Longer than this, what is kept is shown instead of what the network might bring. */
const PATIENCE = 3_000;

const paths = new Set(documents.map(([path]) => path));

async function install() {
  const kept = await caches.open(ASSETS);
  const fetchMissing = async (url) => {
    // Assets carry a hash in their name: one that is here already is the same.
    if (!(await kept.match(url))) await kept.add(new Request(url, { cache: "no-cache" }));
  };
  await Promise.all(assets.map(fetchMissing));
  const pages = await caches.open(DOCUMENTS);
  await pages.addAll([...paths].map((path) => new Request(path, { cache: "reload" })));
  // No `skipWaiting` here: pages of the version before are at work, and decide when they change over.
}

/** The assets that pages of the version before may still load, in tabs that have not been loaded again. */
async function assetsBefore() {
  const names = (await caches.keys()).filter((name) => name.startsWith("documents-") && name !== DOCUMENTS);
  const lists = await Promise.all(
    names.map(async (name) => {
      const list = await (await caches.open(name)).match(LISTS);
      return list ? (await list.json()).current : [];
    }),
  );
  return { names, assets: lists.flat() };
}

async function activate() {
  const before = await assetsBefore();
  const pages = await caches.open(DOCUMENTS);
  await pages.put(LISTS, Response.json({ current: assets }));
  // A worker that takes over without a network has to know where the API is, too.
  const configured = await caches.match(CONFIG);
  if (configured) await pages.put(CONFIG, configured);
  const needed = new Set([...assets, ...before.assets]);
  const kept = await caches.open(ASSETS);
  for (const request of await kept.keys()) {
    if (!needed.has(new URL(request.url).pathname)) await kept.delete(request);
  }
  await Promise.all(before.names.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function navigate(request) {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.status < 500) return response;
  } catch {
    // Offline or too slow: what is kept is shown.
  }
  const pages = await caches.open(DOCUMENTS);
  return (await pages.match(new URL(request.url).pathname)) ?? (await pages.match("/")) ?? Response.error();
}

/** The API's address may change between two visits, so it is asked for, and remembered for when nobody answers. */
async function configuration(request) {
  const pages = await caches.open(DOCUMENTS);
  try {
    const response = await fetch(request);
    if (response.ok) await pages.put(CONFIG, response.clone());
    return response;
  } catch {
    return (await pages.match(CONFIG)) ?? Response.error();
  }
}

async function networkFirst(request, pathname) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(pathname)) ?? Response.error();
  }
}

async function cacheFirst(request, pathname) {
  return (await caches.match(pathname)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

/** `lib/updates.ts` says this once everything a person did is kept. */
self.addEventListener("message", (event) => {
  if (event.data?.type === "activate") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const isPayload = searchParams.has("_rsc") || request.headers.has("rsc");
  if (pathname.startsWith("/_next/static/")) event.respondWith(cacheFirst(request, pathname));
  else if (request.mode === "navigate") event.respondWith(navigate(request));
  else if (pathname === CONFIG) event.respondWith(configuration(request));
  else if (paths.has(pathname) && !isPayload) event.respondWith(networkFirst(request, pathname));
});
