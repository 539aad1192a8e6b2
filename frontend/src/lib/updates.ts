/** How often a page that stays open asks whether there is a newer version of the app. */
const ROUND = 3_600_000;

export interface Updates {
  /**
   * A newer version is here and waits. `apply` changes over to it and loads the page again, unless `save` answers that
   * something a person did is in memory alone; it answers whether it did. Other tabs go on as they are, and are told by
   * `onReplaced`.
   */
  onReady(apply: (save: () => Promise<boolean>) => Promise<boolean>): void;
  /** Another tab has changed over: this one works on, and should be loaded again when that suits. */
  onReplaced(): void;
}

/** Registers the service worker, and tells about newer ones. Answers what stops it. */
export function watchUpdates(
  container: ServiceWorkerContainer | undefined,
  updates: Updates,
  reload: () => void = () => location.reload(),
): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  if (container) void watch(container, updates, reload, signal);
  return () => stopped.abort();
}

async function watch(
  container: ServiceWorkerContainer,
  updates: Updates,
  reload: () => void,
  signal: AbortSignal,
): Promise<void> {
  // The first worker takes a page over that had none. That replaces nothing.
  let isControlled = container.controller !== null;
  let isApplying = false;
  const changeOver = () => {
    if (isApplying) reload();
    else if (isControlled) updates.onReplaced();
    isControlled = true;
  };
  container.addEventListener("controllerchange", changeOver, { signal });

  const registration = await container.register("/sw.js").catch(() => undefined);
  if (!registration || signal.aborted) return;
  const offer = (worker: ServiceWorker) => {
    if (!container.controller) return;
    updates.onReady(async (save) => {
      if (!(await save())) return false;
      isApplying = true;
      worker.postMessage({ type: "activate" });
      return true;
    });
  };
  const follow = (worker: ServiceWorker) =>
    worker.addEventListener("statechange", () => worker.state === "installed" && offer(worker), { signal });

  if (registration.waiting) offer(registration.waiting);
  if (registration.installing) follow(registration.installing);
  registration.addEventListener(
    "updatefound",
    () => registration.installing && follow(registration.installing),
    { signal },
  );
  // Without a network there is nothing newer to be had: the next round asks again.
  const timer = setInterval(() => void registration.update().catch(() => undefined), ROUND);
  signal.addEventListener("abort", () => clearInterval(timer));
}
