"use client";

import { useCallback, useEffect, useRef, useState } from "react";

export interface Resource<Value> {
  /** Undefined until it has come the first time. */
  readonly value: Value | undefined;
  /** Why the last attempt failed. An older value stays. */
  readonly failure: unknown;
  readonly isLoading: boolean;
  /** Asks again. Resolves when the answer is shown. */
  readonly reload: () => Promise<void>;
  /** Takes what a change has answered. */
  readonly set: (change: (value: Value) => Value) => void;
}

/** Something that a page shows and the server has. `load` decides what: it has to stay the same function. */
export function useResource<Value>(load: (signal: AbortSignal) => Promise<Value>): Resource<Value> {
  const [value, setValue] = useState<Value>();
  const [failure, setFailure] = useState<unknown>();
  const [isLoading, setLoading] = useState(true);
  const running = useRef<AbortController>(undefined);

  const reload = useCallback(async () => {
    running.current?.abort();
    running.current = new AbortController();
    const { signal } = running.current;
    setLoading(true);
    try {
      const loaded = await load(signal);
      if (signal.aborted) return;
      setValue(loaded);
      setFailure(undefined);
    } catch (error) {
      if (signal.aborted) return;
      setFailure(error);
    }
    setLoading(false);
  }, [load]);

  useEffect(() => {
    void reload();
    return () => running.current?.abort();
  }, [reload]);

  const set = useCallback(
    (change: (value: Value) => Value) =>
      setValue((before) => (before === undefined ? before : change(before))),
    [],
  );
  return { value, failure, isLoading, reload, set };
}
