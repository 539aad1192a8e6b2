"use client";

import { useRef, useState } from "react";

export interface Action<Arguments extends unknown[]> {
  /** Does nothing while it is at work. Answers whether it succeeded. */
  readonly run: (...args: Arguments) => Promise<boolean>;
  readonly isPending: boolean;
  readonly failure: unknown;
}

/** Something that a button does, and what became of it. */
export function useAction<Arguments extends unknown[]>(
  act: (...args: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const [isPending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const busy = useRef(false);

  const run = async (...args: Arguments) => {
    if (busy.current) return false;
    busy.current = true;
    setPending(true);
    setFailure(undefined);
    try {
      await act(...args);
      return true;
    } catch (error) {
      setFailure(error);
      return false;
    } finally {
      busy.current = false;
      setPending(false);
    }
  };
  return { run, isPending, failure };
}
