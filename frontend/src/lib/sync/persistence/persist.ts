/**
 * Asks the browser to keep what is stored here also when the disk gets full. Some browsers ask the person, so this is
 * asked only after they have done something; all of them may say no, and nothing else depends on the answer.
 */
export function askToPersist(): void {
  const { storage } = globalThis.navigator ?? {};
  if (!storage?.persist) return;
  void storage
    .persisted()
    .then((isPersisted) => isPersisted || storage.persist())
    .catch(() => false);
}
